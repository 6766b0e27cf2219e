export { type IconName, iconSvg } from './icons.ts';
export { readStyles } from './styles.ts';
