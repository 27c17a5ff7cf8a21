// The latest kept picture of a camera, where the strip of looks has none to show.
import { useState, type ReactNode } from 'react';
import { pathOf, type CameraMark } from '../../../contract.ts';
import { useFormat, useSay } from '../../parts/words.ts';

/** The latest kept picture; a restricted camera asks for a typed reason first, and the reason is written down. */
export function LatestStill({
  camera,
  onReason,
  children,
}: {
  camera: CameraMark;
  onReason: (reason: string) => void;
  children: ReactNode;
}) {
  const say = useSay();
  const format = useFormat();
  const [reason, setReason] = useState('');
  const [given, setGiven] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  if (camera.restricted && given === null) {
    return (
      <form
        className="picture picture-none form"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim().length < 5) return;
          setGiven(reason.trim());
          onReason(reason.trim());
        }}
      >
        <label>
          {say('camera.reason')}
          <input
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            minLength={5}
            maxLength={300}
            required
          />
        </label>
        <button type="submit" className="act">
          {say('camera.show')}
        </button>
      </form>
    );
  }
  if (failed) return <div className="picture picture-none">{say('picture.none')}</div>;
  return (
    <div className="picture">
      <img
        src={pathOf('cameraStill', { id: camera.id }, given === null ? {} : { reason: given })}
        alt={format.pick(camera.name)}
        onError={() => setFailed(true)}
      />
      {children}
    </div>
  );
}
