/** Small line icons, drawn here. They say nothing to a screen reader: their buttons do. */

/** @param {{children: import("preact").ComponentChildren}} props */
function Icon({ children }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const PlusIcon = () => <Icon><path d="M10 4v12M4 10h12" /></Icon>;
export const CrossIcon = () => <Icon><path d="m5.5 5.5 9 9m0-9-9 9" /></Icon>;
export const UndoIcon = () => <Icon><path d="M7.5 4 4 7.5 7.5 11" /><path d="M4.5 7.5H12a4 4 0 0 1 0 8H8.5" /></Icon>;
export const MirrorIcon = () => <Icon><path d="M10 3v14" stroke-dasharray="2 2.4" /><path d="M7 6v8H2.5zM13 6v8h4.500z" /></Icon>;
export const CameraIcon = () => <Icon><rect x="2" y="5" width="11" height="10" rx="2.5" /><path d="m13 9 5-2.500v7l-5-2.5" /></Icon>;
export const NoCameraIcon = () => <Icon><path d="M4.5 5A2.5 2.5 0 0 0 2 7.500v5A2.5 2.5 0 0 0 4.5 15h6A2.5 2.5 0 0 0 13 12.500v-.8M8.5 5h2A2.5 2.5 0 0 1 13 7.500V9l5-2.500v7M3 2.500l14 15" /></Icon>;
export const PowerIcon = () => <Icon><path d="M10 3v6" /><path d="M6 5.300a6.3 6.3 0 1 0 8 0" /></Icon>;
export const PictureIcon = () => <Icon><rect x="2.5" y="3.5" width="15" height="13" rx="2.5" /><circle cx="7" cy="8" r="1.4" /><path d="m3 14.5 4.2-3.7 2.6 2.2 3.4-3.5 4 4" /></Icon>;
export const QuestionIcon = () => <Icon><path d="M7.2 7.300A2.9 2.9 0 0 1 10 5a2.7 2.7 0 0 1 2.8 2.700c0 2.1-2.8 2.3-2.8 4.3" /><path d="M10 15v.1" /></Icon>;
export const RedoIcon = () => <Icon><path d="M12.5 4 16 7.5 12.5 11" /><path d="M15.5 7.5H8a4 4 0 0 0 0 8h3.500" /></Icon>;
export const MoreIcon = () => <Icon><path d="M4.5 10v.1M10 10v.1M15.5 10v.1" stroke-width="2.6" /></Icon>;
export const GripIcon = () => <Icon><path d="M7.5 5v.1M12.5 5v.1M7.5 10v.1M12.5 10v.1M7.5 15v.1M12.5 15v.1" stroke-width="2.2" /></Icon>;
export const TimerIcon = () => <Icon><circle cx="10" cy="11" r="6.2" /><path d="M10 7.500V11l2.2 1.500M8 2.500h4" /></Icon>;
export const CheckIcon = () => <Icon><path d="m4.5 10.5 3.7 3.700 7.3-8" stroke-width="2.4" /></Icon>;
export const TrashIcon = () => <Icon><path d="M4 5.500h12M8 5.500V3.500h4v2M5.500 5.500l.7 11h7.600l.7-11M8.500 8.500v5M11.500 8.500v5" /></Icon>;
export const GearIcon = () => <Icon><path d="M3 6h7m5 0h2M3 14h2m5 0h7" /><circle cx="12.5" cy="6" r="2.300" /><circle cx="7.5" cy="14" r="2.300" /></Icon>;
export const FullScreenIcon = () => <Icon><path d="M3 7.500V3.500h4M17 7.500V3.500h-4M3 12.500v4h4M17 12.500v4h-4" /></Icon>;
export const EyeIcon = () => <Icon><path d="M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5z" /><circle cx="10" cy="10" r="2.300" /></Icon>;
export const FlipIcon = () => <Icon><path d="M4 8a6.500 6.500 0 0 1 11.500-2M16 12a6.500 6.500 0 0 1-11.500 2" /><path d="M15.8 2.800V6h-3.200M4.200 17.200V14h3.200" /></Icon>;
export const PhoneIcon = () => <Icon><rect x="5.5" y="2" width="9" height="16" rx="2.200" /><path d="M8.800 15.300h2.400" /></Icon>;
export const OpenIcon = () => <Icon><path d="M3 15.500v-10A1.500 1.500 0 0 1 4.500 4h3l2 2.500h6A1.500 1.500 0 0 1 17 8v7.500a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1z" /></Icon>;
export const SaveIcon = () => <Icon><path d="M10 3v9.500M6 9l4 4 4-4M3.500 16.500h13" /></Icon>;
