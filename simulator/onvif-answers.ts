// What an ONVIF device says: the answers of profile S as SOAP 1.2, and the fault that asks for a sign-in.

const name = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** A whole SOAP message. */
export const envelope = (body: string): string =>
  '<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" ' +
  'xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl" ' +
  `xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:ter="http://www.onvif.org/ver10/error"><SOAP-ENV:Body>${body}` +
  '</SOAP-ENV:Body></SOAP-ENV:Envelope>';

export const notAuthorized = envelope(
  '<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:Sender</SOAP-ENV:Value><SOAP-ENV:Subcode>' +
    '<SOAP-ENV:Value>ter:NotAuthorized</SOAP-ENV:Value></SOAP-ENV:Subcode></SOAP-ENV:Code><SOAP-ENV:Reason>' +
    '<SOAP-ENV:Text xml:lang="en">Sender not Authorized</SOAP-ENV:Text></SOAP-ENV:Reason></SOAP-ENV:Fault>',
);

export const notSupported = envelope(
  '<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:Receiver</SOAP-ENV:Value><SOAP-ENV:Subcode>' +
    '<SOAP-ENV:Value>ter:ActionNotSupported</SOAP-ENV:Value></SOAP-ENV:Subcode></SOAP-ENV:Code><SOAP-ENV:Reason>' +
    '<SOAP-ENV:Text xml:lang="en">Optional Action Not Implemented</SOAP-ENV:Text></SOAP-ENV:Reason></SOAP-ENV:Fault>',
);

/** The device's clock. */
export function dateAndTime(atMs: number): string {
  const now = new Date(atMs);
  return envelope(
    '<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>' +
      '<tt:DaylightSavings>false</tt:DaylightSavings><tt:UTCDateTime>' +
      `<tt:Time><tt:Hour>${now.getUTCHours()}</tt:Hour><tt:Minute>${now.getUTCMinutes()}</tt:Minute><tt:Second>${now.getUTCSeconds()}</tt:Second></tt:Time>` +
      `<tt:Date><tt:Year>${now.getUTCFullYear()}</tt:Year><tt:Month>${now.getUTCMonth() + 1}</tt:Month><tt:Day>${now.getUTCDate()}</tt:Day></tt:Date>` +
      '</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>',
  );
}

const service = (namespace: string, address: string, version = 'ver10'): string =>
  `<tds:Service><tds:Namespace>http://www.onvif.org/${version}/${namespace}/wsdl</tds:Namespace><tds:XAddr>${name(address)}</tds:XAddr>` +
  '<tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>';

/** Its services: device and media, and that for turning where it turns. */
export const services = (base: string, turns = false): string =>
  envelope(
    `<tds:GetServicesResponse>${service('device', `${base}/onvif/device_service`)}${service('media', `${base}/onvif/media_service`)}` +
      `${turns ? service('ptz', `${base}/onvif/ptz_service`, 'ver20') : ''}</tds:GetServicesResponse>`,
  );

export interface StoredView {
  readonly token: string;
  readonly name: string;
}

/** The views that it has stored. */
export const storedViews = (list: readonly StoredView[]): string =>
  envelope(
    `<tptz:GetPresetsResponse xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl">${list
      .map((one) => `<tptz:Preset token="${name(one.token)}"><tt:Name>${name(one.name)}</tt:Name></tptz:Preset>`)
      .join('')}</tptz:GetPresetsResponse>`,
  );

/** The same in the older way. */
export const capabilities = (base: string): string =>
  envelope(
    '<tds:GetCapabilitiesResponse><tds:Capabilities>' +
      `<tt:Device><tt:XAddr>${name(base)}/onvif/device_service</tt:XAddr></tt:Device>` +
      `<tt:Media><tt:XAddr>${name(base)}/onvif/media_service</tt:XAddr></tt:Media>` +
      '</tds:Capabilities></tds:GetCapabilitiesResponse>',
  );

export interface Profile {
  readonly token: string;
  readonly source: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fps: number;
}

/** Its profiles. */
export const profiles = (list: readonly Profile[]): string =>
  envelope(
    `<trt:GetProfilesResponse>${list
      .map(
        ({ token, source, widthPx, heightPx, fps }) =>
          `<trt:Profiles token="${name(token)}" fixed="true"><tt:Name>${name(token)}</tt:Name>` +
          `<tt:VideoSourceConfiguration token="vsc-${name(source)}"><tt:Name>${name(source)}</tt:Name><tt:SourceToken>${name(source)}</tt:SourceToken></tt:VideoSourceConfiguration>` +
          `<tt:VideoEncoderConfiguration token="vec-${name(token)}"><tt:Encoding>H264</tt:Encoding>` +
          `<tt:Resolution><tt:Width>${widthPx}</tt:Width><tt:Height>${heightPx}</tt:Height></tt:Resolution>` +
          `<tt:RateControl><tt:FrameRateLimit>${fps}</tt:FrameRateLimit><tt:BitrateLimit>2048</tt:BitrateLimit></tt:RateControl>` +
          '</tt:VideoEncoderConfiguration></trt:Profiles>',
      )
      .join('')}</trt:GetProfilesResponse>`,
  );

/** The address of a stream or a still picture. */
export const mediaUri = (action: 'GetStreamUri' | 'GetSnapshotUri', uri: string): string =>
  envelope(
    `<trt:${action}Response><trt:MediaUri><tt:Uri>${name(uri)}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect>` +
      `<tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT60S</tt:Timeout></trt:MediaUri></trt:${action}Response>`,
  );

/** The answer to a question of WS-Discovery. */
export const probeMatch = (
  relatesTo: string,
  urn: string,
  addresses: readonly string[],
  scopes: readonly string[],
): string =>
  '<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" ' +
  'xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" ' +
  `xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><SOAP-ENV:Header><wsa:MessageID>urn:uuid:${urn}-answer</wsa:MessageID>` +
  `<wsa:RelatesTo>${name(relatesTo)}</wsa:RelatesTo></SOAP-ENV:Header><SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch>` +
  `<wsa:EndpointReference><wsa:Address>urn:uuid:${urn}</wsa:Address></wsa:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types>` +
  `<d:Scopes>${scopes.map(name).join(' ')}</d:Scopes><d:XAddrs>${addresses.map(name).join(' ')}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>` +
  '</d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>';
