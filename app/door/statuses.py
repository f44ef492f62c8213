"""The only place where an error gets a status code."""

from app import errors

STATUS_OF: dict[type[errors.ServiceError], int] = {
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.FourEyes: 403,
    errors.CrossOrigin: 403,
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.IllegalTransition: 409,
    errors.Held: 409,
    errors.Conflict: 409,
    errors.UnreadableBinding: 400,
    errors.UnsupportedChecksum: 400,
    errors.VersionMismatch: 412,
    errors.PayloadTooLarge: 413,
    errors.UnsupportedMedia: 415,
    errors.MissingRequirements: 422,
    errors.RestrictedTerm: 422,
    errors.KeyReused: 422,
    errors.Unprocessable: 422,
    errors.Locked: 423,
    errors.PreconditionRequired: 428,
    errors.TooManyRequests: 429,
    errors.ChecksumMismatch: 460,
    errors.Busy: 503,
    errors.StorageFull: 507,
    errors.StorageReadOnly: 507,
}
