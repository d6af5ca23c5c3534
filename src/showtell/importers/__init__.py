"""Import of pictures from zips, folders, videos and other tools' projects."""
