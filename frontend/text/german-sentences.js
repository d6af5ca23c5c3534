/** @param {number} n @param {string} [more] after several @param {string} [one] after one */
const bilder = (n, more = "Bilder", one = "Bild") => `${n} ${n === 1 ? one : more}`;
/** @param {string[]} labels at most three of them by name */
const liste = (labels) => {
  const named = labels.map((label) => `„${label}“`);
  if (named.length === 1) return named[0];
  return named.length <= 3 ? `${named.slice(0, -1).join(", ")} und ${named.at(-1)}` : `${named.slice(0, 3).join(", ")} und ${named.length - 3} weitere`;
};
/** @param {number} count @param {string} label */
const von = (count, label) => (count === 1 ? `Ein Bild von „${label}“` : `${count} Bilder von „${label}“`);
/** @param {string | null} label */
const ausKlasse = (label) => (label === null ? "" : ` von „${label}“`);
/** @param {string | null} label */
const antwort = (label) => (label === null ? "unbekannt" : `„${label}“`);

/** What is wrong with pictures, of one and of several. @type {Record<string, [string, string]>} */
const POOR = {
  empty: ["zeigt gar nichts; war die Linse verdeckt? Entferne es.", "zeigen gar nichts; war die Linse verdeckt? Entferne sie."],
  dark: ["ist fast schwarz; entferne es, oder nimm es mit mehr Licht noch einmal auf.", "sind fast schwarz; entferne sie, oder nimm sie mit mehr Licht noch einmal auf."],
  bright: ["ist überbelichtet; entferne es, oder nimm es mit weniger Licht noch einmal auf.", "sind überbelichtet; entferne sie, oder nimm sie mit weniger Licht noch einmal auf."],
  blurred: ["ist verwackelt; entferne es, oder nimm es noch einmal auf, mit langsamerer Bewegung.", "sind verwackelt; entferne sie, oder nimm sie noch einmal auf, mit langsamerer Bewegung."],
};

/**
 * A German sentence for each code of Python's; tests/codes.json has the codes and the names of their values.
 * @type {Record<string, (values: any) => string>}
 */
export const sentences = {
  of: ({ name, reason }) => (name === "the picture" ? reason : `${name}: ${reason}`),
  bug: () => "Da ist etwas schiefgegangen. Versuche es noch einmal; Näheres steht in dem Fenster, in dem showtell gestartet wurde.",

  // what can be undone
  act: ({ act, count }) => `${act} (${bilder(count)})`,
  import: ({ name }) => `„${name}“ einlesen`,
  "add-files": () => "Dateien hinzufügen",
  add: ({ count, label }) => `${bilder(count)} zu „${label}“ hinzufügen`,
  "add-class": ({ label }) => `die Klasse „${label}“ hinzufügen`,
  remove: ({ count, label }) => `${bilder(count)}${ausKlasse(label)} entfernen`,
  "remove-class": ({ label, count }) => `die Klasse „${label}“${count ? ` und ${count === 1 ? "ihr Bild" : `ihre ${count} Bilder`}` : ""} entfernen`,
  pin: ({ label }) => `ein Bild als „${label}“ anheften`,
  "pin-unknown": () => "ein Bild als unbekannt anheften",
  unpin: ({ count }) => `${count === 1 ? "ein angeheftetes Bild" : `${count} angeheftete Bilder`} lösen`,
  clear: ({ count }) => `alles leeren (${bilder(count)})`,
  rename: ({ label, to }) => `„${label}“ in „${to}“ umbenennen`,
  move: ({ count, label, to }) => `${bilder(count)}${ausKlasse(label)} nach „${to}“ verschieben`,
  enable: ({ label }) => `„${label}“ wieder dazunehmen`,
  disable: ({ label }) => `„${label}“ vorerst weglassen`,
  order: () => "die Klassen anders ordnen",
  "no-undo": () => "Nichts rückgängig zu machen",
  "no-redo": () => "Nichts zu wiederholen",

  // classes and pictures
  "name-empty": () => "Eine Klasse braucht einen Namen.",
  "name-long": ({ most, found }) => `Der Name einer Klasse hat höchstens ${most} Zeichen, dieser hat ${found}.`,
  "name-odd": () => "Dieser Name enthält Zeichen, die es nicht gibt; tippe ihn neu.",
  "class-taken": ({ label }) => `Eine Klasse „${label}“ gibt es schon.`,
  "class-gone": ({ label }) => `Eine Klasse „${label}“ gibt es nicht mehr.`,
  "classes-few": () => "Zeig mir erst ein zweites Ding: dann kann ich sagen, wo ich hinsehe, um sie zu unterscheiden.",
  "pin-gone": () => "Dieses angeheftete Bild wurde inzwischen gelöst oder verschoben.",
  "pin-broken": ({ label, answer }) => `erwartet: ${antwort(label)}; gefunden: ${antwort(answer)}`,
  "pin-untaught": ({ label, answer }) => `erwartet: ${antwort(label)}, was nicht gelernt wurde; gefunden: ${antwort(answer)}`,
  "example-gone": () => "Dieses Bild wurde inzwischen verschoben oder entfernt.",
  "order-old": () => "Die Klassen haben sich inzwischen geändert; versuche es noch einmal.",
  "label-needed": () => "was ist darauf? Leg es auf seiner Klasse ab",

  // the disk
  disk: ({ why }) => `Das ging nicht: ${why}`,
  "disk-full": () => "Der Datenträger ist voll. Schaffe Platz und versuche es noch einmal.",
  "disk-closed": () => "In diesen Ordner darf nicht geschrieben werden. Erlaube es, oder kopiere den Datensatz in einen eigenen Ordner.",
  "disk-taken": ({ file }) => `${file} ist im Weg. Verschiebe es und versuche es noch einmal.`,
  "disk-no-folder": ({ file }) => `${file} sollte ein Ordner sein, ist aber keiner. Entferne es, oder wähle einen anderen.`,
  "disk-no-file": () => "Dort steht keine Datei, sondern ein Ordner oder ein Gerät. Nimm einen anderen Namen.",
  "disk-busy": () => "Ein anderes Programm ändert den Datensatz gerade. Versuche es danach noch einmal.",
  "disk-fails": () => "Der Datenträger meldet einen Fehler. Prüfe ihn und versuche es noch einmal.",

  // one picture
  "picture-empty": () => "Die Datei ist leer.",
  "picture-other": () => "kein Bild, das showtell lesen kann; das sind JPEG, PNG, WebP, GIF, BMP und TIFF",
  "picture-damaged": () => "beschädigt oder abgeschnitten",
  "picture-nothing": () => "Das Bild hat keine Pixel.",
  "picture-large": ({ size, most }) => `${size} Pixel; höchstens ${most} Megapixel gehen. Verkleinere es zuerst.`,
  "picture-huge": ({ most }) => `viel mehr Pixel als die ${most} Megapixel, die gehen; verkleinere es zuerst`,

  "picture-format": ({ format }) => `ein Bild im Format ${format}, das showtell nicht lesen kann; speichere es als JPEG oder PNG`,
  "picture-reader": ({ format, needs }) => `ein Bild im Format ${format}; um es zu lesen, installiere: pip install '${needs}'`,
  "picture-truncated": () => "Seine letzten Bytes fehlen; es wurde ohne sie gelesen, der untere Rand stimmt vielleicht nicht.",

  // files that are left out
  "file-large": ({ found, most }) => `${found} MB; höchstens ${most} MB gehen`,
  "file-odd-name": () => "Sein Name enthält Zeichen, die es nicht gibt; benenne es um.",
  "file-closed-folder": () => "Der Ordner lässt sich nicht lesen; erlaube es.",
  "file-folder-link": () => "Einer Verknüpfung zu einem Ordner wird nicht gefolgt; kopiere den Ordner hierher.",
  "file-loose": () => "Ein Bild braucht eine Klasse; leg es in den Ordner seiner Klasse.",
  "file-loose-in-zip": () => "Ein Bild braucht eine Klasse; leg es in einen Ordner.",
  "file-inside": () => "Ein Ordner im Ordner einer Klasse wird nicht gelesen; leg seine Bilder eine Ebene höher.",
  "file-no-label": () => "Darin steht kein brauchbarer Name; die Klasse heißt wie ihr Ordner.",
  "file-link": () => "Einer Verknüpfung wird nicht gefolgt; leg das Bild selbst in die Zip-Datei.",
  "file-link-out": () => "Einer Verknüpfung, die aus dem Datensatz hinausführt, wird nicht gefolgt; kopiere das Bild hierher.",
  "file-link-dead": () => "Die Verknüpfung führt zu nichts, was sich lesen lässt.",
  "file-none": () => "keine Datei",
  "file-not-ours": () => "Das stammt nicht von showtell und wird nicht geöffnet; entferne es.",
  "file-leads-out": () => "Sein Name führt aus der Zip-Datei hinaus; es wurde nicht eingelesen.",
  "file-encrypted": () => "verschlüsselt; es geht nur ohne Passwort",
  "file-packed": () => "ungewöhnlich gepackt; nimm eine gewöhnliche Zip-Datei",

  "file-unlabelled": ({ file }) => `In ${file} steht kein einzelnes Label dafür; es wurde nicht eingelesen.`,
  "folder-unlabelled": ({ file, count }) => `Über ${count === 1 ? "eines seiner Bilder" : `${count} seiner Bilder`} sagt ${file} nichts; nicht eingelesen.`,
  "folder-system": ({ count }) => `${count === 1 ? "ein Ordner" : `einer von ${count} Ordnern`} des Systems, ohne eigene Bilder; nicht eingelesen`,

  // whole files
  "source-model": ({ format }) => `Das ist ein trainiertes Modell (${format}) ohne Bilder. Nimm die Bilder oder das Projekt, aus denen es gemacht wurde.`,
  "source-archive": ({ format }) => `Das ist ein Archiv der Art ${format}. Es geht nur mit Zip; packe es aus und nimm den Ordner.`,
  "source-other": () => "Das ist kein Ordner, keine Zip-Datei, kein .tm-Projekt, kein Bild und kein Video.",
  "project-sounds": () => "Das ist ein Projekt mit Tönen; es geht nur mit Bildern.",
  "project-names": () => "In diesem Projekt fehlen die Namen der Klassen (metadata.json). Trainiere es dort einmal und sichere es noch einmal.",
  "table-unclear": ({ file, found }) => `In ${file} ist keine Spalte mit Labels zu erkennen (${found}). Nenne sie label.`,
  "folders-unclear": ({ found }) => `Mehrere Ordner haben einen gleichnamigen Ordner (${found}). Nimm den Ordner, dessen Ordner die Klassen sind.`,
  "zip-none": () => "Das ist keine Zip-Datei, oder sie ist beschädigt. Hol sie noch einmal.",
  "zip-damaged": () => "Die Zip-Datei ist beschädigt. Hol sie noch einmal.",
  "zip-many": ({ found, most }) => `${found} Dateien; höchstens ${most} gehen. Teile sie auf.`,
  "zip-endless": ({ most }) => `viel zu viele Dateien; höchstens ${most} gehen. Teile sie auf.`,
  "zip-large": ({ found, most }) => `ausgepackt ${found} GB; höchstens ${most} GB gehen. Teile sie auf.`,
  "zip-nothing": ({ first }) => `Darin sind keine Bilder in Ordnern von Klassen, die sich lesen lassen.${first === null ? "" : ` (${first})`}`,
  "classes-many": ({ found, most }) => `${found} Klassen; höchstens ${most} gehen. Nimm den Ordner, dessen Ordner die Klassen sind, oder teile ihn auf.`,
  "video-needs": () => "Für Videos braucht showtell PyAV. Installiere es: pip install 'showtell[video]'",
  "video-empty": () => "Im Video sind keine Bilder. Nimm ein anderes.",
  "video-none": () => `Das ist kein Video, keine Zip-Datei und kein .tm-Projekt, oder es ist beschädigt.`,
  "video-cut": ({ count }) => `nach ${bilder(count, "Bildern")} beschädigt oder abgeschnitten`,
  "upload-many": ({ most }) => `höchstens ${most} Dateien auf einmal; schicke sie, wenn eine fertig ist`,
  "upload-large": ({ most }) => `höchstens ${most} GB; größere liest „showtell import“ ein`,
  "upload-failed": () => "Ein Stück davor ist nicht angekommen; schicke die ganze Datei noch einmal.",
  "export-busy": () => "Es wird gerade schon gesichert; warte, bis das fertig ist.",
  "export-changed": () => "Ein Bild wurde inzwischen entfernt; sichere noch einmal.",

  // pictures worth a look
  "care-poor": ({ kind, count, label }) => `${von(count, label)} ${POOR[kind]?.[count === 1 ? 0 : 1] ?? kind}`,
  "care-both": ({ label, other }) => `Dasselbe Bild ist in „${label}“ und in „${other}“. Es kann nur eines sein: entferne das falsche.`,
  "care-still": ({ count, label }) => `${von(count, label)} stehen still und lehren so wenig wie eines. Bewege das Ding und nimm noch einmal auf.`,
  "care-same": ({ count, label }) => `${von(count, label)} sind so gut wie gleich. Eines genügt: entferne die anderen.`,
  "care-wrong": ({ count, label, to }) => `${von(count, label)} ${count === 1 ? "sieht" : "sehen"} aus wie „${to}“. Verschiebe ${count === 1 ? "es" : "sie"} dorthin, oder entferne, was keines von beiden ist.`,
  "care-few": ({ count, label, usual }) => `„${label}“ hat nur ${bilder(count)}, andere Klassen etwa ${usual}. Nimm mehr davon auf.`,

  // the test, and what to do next
  "test-few": () => "Ich kann mich prüfen, sobald zwei Klassen Bilder haben.",
  "test-single": () => "Ich kann mich prüfen, sobald eine Klasse zwei Bilder hat.",
  "test-gone": () => "Die Bilder haben sich während der Prüfung geändert.",
  "advice-untested": ({ labels }) => `${liste(labels)} ${labels.length === 1 ? "hat" : "haben"} nur ein Bild und ${labels.length === 1 ? "wurde" : "wurden"} nicht geprüft. Nimm mehr davon auf.`,
  "advice-once": ({ labels }) => `${labels === null ? "Alles" : liste(labels)} ${labels === null || labels.length === 1 ? "wurde" : "wurden"} nur einmal aufgenommen: aus der ersten Hälfte wurde gelernt und mit der zweiten geprüft, und umgekehrt. Sie sehen sich ähnlich, darum ist die Zahl zu gut. Nimm jedes Ding ein zweites Mal an einem anderen Ort auf, dann bedeutet sie etwas.`,
  "advice-confused": ({ label, other, count, of }) => `„${label}“ und „${other}“ werden verwechselt (${count} von ${bilder(of, "Bildern")}). Nimm beide noch einmal auf, von oben und vor einem anderen Hintergrund.`,
  "advice-few": ({ labels, count, most }) => `${liste(labels)} ${count === null ? `haben je weniger als ${most} Bilder` : `hat nur ${bilder(count)}`}; 10 bis 20 von verschiedenen Seiten sind ein guter Anfang.`,
  "advice-too-sure": () => "Es ist sich sicherer, als es recht hat: nimm seine Prozente nicht ganz wörtlich.",
  "advice-too-unsure": () => "Es hat öfter recht, als es sich sicher ist: nimm seine Prozente nicht ganz wörtlich.",
  "advice-named": ({ percent, surely }) => `Von 100 Bildern von Klassen, die der Reihe nach weggelassen wurden, benennt es ${percent}, davon ${surely} mit über 90 % Sicherheit. Es sind nahe Verwandte, andere Klassen desselben Datensatzes; für irgendein Ding, das ihm nie gezeigt wurde, sagt die Zahl nichts. Was ihm begegnen kann und keinen Namen bekommen darf, braucht eine eigene Klasse.`,
  "advice-test-named": ({ labels, percent, count }) => `Von ${bilder(count, "Testbildern", "Testbild")} von ${liste(labels)}, was es nicht gelernt hat, bekamen ${percent} % einen Namen. Nimm sie, oder die leere Szene, als eigene Klasse auf, zum Beispiel „nichts“.`,
  "advice-test-harder": ({ percent, other }) => `Bei den Testbildern hat es in ${percent} von 100 Fällen recht, bei zurückgehaltenen Bildern des Datensatzes in ${other}. Nimm jedes Ding dort auf, wo die Testbilder entstanden sind, oder in einem anderen Raum und Licht.`,
  "advice-room": ({ count, apart, within }) => `Alle ${count} Aufnahmen haben denselben Hintergrund: ihre Ränder unterscheiden sich höchstens um ${apart} von 255 (innerhalb einer Aufnahme um ${within}). Wie gut es anderswo ist, sagt nichts davon: nimm jedes Ding in einem anderen Raum auf.`,
  "advice-alike": ({ label, other, count, of, percent }) => `„${label}“ und „${other}“ sind für es fast dasselbe: ${count} von ${bilder(of, "Bildern")} werden verwechselt${percent === null ? "" : `, und wenn „${label}“ nicht gelernt wird, heißen ${percent} % davon „${other}“`}. Zeige aus der Nähe, was sie unterscheidet, oder mache eine Klasse daraus.`,
  "advice-unknown": ({ percent }) => `Von 100 bekannten Bildern nennt es ${percent} unbekannt. Nimm die Dinge an mehr Orten und in anderem Licht auf.`,
  "advice-more": ({ label }) => `Am meisten helfen würden 10 weitere Bilder von „${label}“.`,
  "advice-broken": ({ count }) => `${bilder(count)} ${count === 1 ? "ließ" : "ließen"} sich nicht lesen und ${count === 1 ? "zählte" : "zählten"} nicht mit.`,
  "advice-none": () => "Nichts fällt auf. Versuche es in einem anderen Raum und Licht, und nimm auf, was es falsch macht.",
};
