export { MarkerReader } from './marker-reader';
export { markersIn, type Marker } from './marker-line';
