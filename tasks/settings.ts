// What tasks and their deliveries may be set to: the shape that this room needs.
export interface EmailSettings {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly user?: string;
  readonly password?: string;
  readonly from: string;
}

export interface TaskSettings {
  /** The city's pace: terms and checks are divided by it. */
  readonly pace: number;
  /** IANA zone of the city. */
  readonly zone: string;
  /** A task leaves this long after its verdict, seconds, so that the verdict can be taken back. */
  readonly undoS: number;
  /** Where agencies open their page; links in letters begin with it. Null = letters carry no link. */
  readonly publicUrl: string | null;
}

export interface CourierSettings extends TaskSettings {
  readonly courierEveryS: number;
  readonly retry: { readonly firstMs: number; readonly maxMs: number; readonly maxAttempts: number };
  readonly email?: EmailSettings;
  /** Key of the signatures of webhooks. */
  readonly webhookKey?: string;
  /** How soon a place is looked at again while a claim is checked, seconds; not divided, cameras have their own pace. */
  readonly followUpEveryS: number;
}
