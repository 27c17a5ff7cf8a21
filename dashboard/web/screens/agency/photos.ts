// Photos on the phone: shrunk before they are kept, kept until they are sent, so that a closed browser loses nothing.

const name = 'ahual-photos';

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore('photo');
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error('no photo store'));
  });
}

async function within<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const asked = work(database.transaction('photo', mode).objectStore('photo'));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error ?? new Error('the photo store refused'));
    });
  } finally {
    database.close();
  }
}

/** Keeps a photo under a name. */
export const keepPhoto = async (key: string, photo: Blob): Promise<void> => {
  await within('readwrite', (store) => store.put(photo, key));
};

/** The kept photo, or undefined. */
export async function keptPhoto(key: string): Promise<Blob | undefined> {
  const found: unknown = await within('readonly', (store) => store.get(key));
  return found instanceof Blob ? found : undefined;
}

/** The photo was sent. */
export const dropPhoto = async (key: string): Promise<void> => {
  await within('readwrite', (store) => store.delete(key));
};

const largestPx = 1600;
const largestBytes = 600_000;

/** The picture as a JPEG of at most 600 kB (screens 4.6): smaller first, then lighter, never dropped. */
export async function shrink(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  try {
    let scale = Math.min(1, largestPx / Math.max(bitmap.width, bitmap.height));
    for (;;) {
      const canvas = document.createElement('canvas');
      canvas.width = Math.max(1, Math.round(bitmap.width * scale));
      canvas.height = Math.max(1, Math.round(bitmap.height * scale));
      canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      for (const quality of [0.85, 0.7, 0.55]) {
        const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
        if (blob && (blob.size <= largestBytes || scale < 0.1)) return blob;
      }
      scale *= 0.75;
    }
  } finally {
    bitmap.close();
  }
}
