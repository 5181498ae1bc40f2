using System.ComponentModel.DataAnnotations;

namespace Presence.Dashboard.Api;

/// <summary>The catalogue of refusals: the only place that pairs a status with a code. docs/errors.md is checked against it.</summary>
internal static class ApiErrors
{
    public static readonly ApiError Unreadable = new(400, 400000, "The request could not be read.");
    public static readonly ApiError Invalid = new(422, 400000, "The request was read but breaks a rule.");
    public static readonly ApiError NotSignedIn = new(401, 400100, "The access token or key is missing, invalid, expired or revoked.");
    public static readonly ApiError PresenceDisabled = new(403, 400300, "Presence is switched off.");
    public static readonly ApiError NotAllowed = new(403, 400301, "The caller may not do this.");
    public static readonly ApiError Banned = new(403, 400312, "The user is kept out of the network.");
    public static readonly ApiError RateLimited = new(429, 400311, "Too many requests.");
    public static readonly ApiError NotFound = new(404, 400400, "There is no such thing.");
    public static readonly ApiError MethodNotAllowed = new(405, 499405, "The route exists but not for this method.");
    public static readonly ApiError StaleVersion = new(412, 499412, "The document was changed since it was read.");
    public static readonly ApiError BodyTooLarge = new(413, 499413, "The body is larger than this caller may send.");
    public static readonly ApiError WrongMediaType = new(415, 499415, "The body's content type is not one this route reads.");
    public static readonly ApiError VersionRequired = new(428, 499428, "The change must name the version it was made from.");
    public static readonly ApiError NotReady = new(503, 499503, "The server is restoring its state, or its storage is in trouble.");
    public static readonly ApiError Removed = new(403, 499601, "The user is kept out of the room.");
    public static readonly ApiError RoomEnded = new(409, 499603, "The room's broadcast is over.");
    public static readonly ApiError CapReached = new(429, 499602, "A cap is reached.");
    public static readonly ApiError Fault = new(500, 500000, "The server failed; the fault is in its log.");

    public static readonly IReadOnlyList<ApiError> All =
    [
        Unreadable, Invalid, NotSignedIn, PresenceDisabled, NotAllowed, Banned, RateLimited, NotFound, MethodNotAllowed,
        StaleVersion, BodyTooLarge, WrongMediaType, VersionRequired, NotReady, Removed, CapReached, RoomEnded, Fault,
    ];

    /// <summary>The kind of refusal for a bare status, as the framework's own layers answer it.</summary>
    public static ApiError OfStatus(int status) => status switch
    {
        401 => NotSignedIn,
        403 => NotAllowed,
        404 => NotFound,
        405 => MethodNotAllowed,
        412 => StaleVersion,
        413 => BodyTooLarge,
        415 => WrongMediaType,
        422 => Invalid,
        428 => VersionRequired,
        429 => RateLimited,
        503 => NotReady,
        >= 500 => Fault,
        _ => Unreadable with { Status = status },
    };
}

/// <summary>One kind of refusal: an HTTP status and the code clients tell it by. All stand in <see cref="ApiErrors"/>.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">What clients compare; never reused for anything else.</param>
/// <param name="Meaning">One sentence for docs/errors.md and for replies that have nothing more exact to say.</param>
internal sealed record ApiError(int Status, int Code, string Meaning);

/// <summary>What every refusal answers.</summary>
/// <param name="Status">Always "error".</param>
/// <param name="Code">What clients tell refusals apart by; never used for anything else.</param>
/// <param name="Message">What is wrong and the way out, for people.</param>
/// <param name="Data">Particulars, where there are any.</param>
internal sealed record ErrorDocument([property: AllowedValues("error")] string Status, int Code, string Message, ErrorDetail? Data);

/// <param name="Detail">The field and the rule, or other particulars.</param>
/// <param name="Until">When a removal ends.</param>
/// <param name="Reason">What a removed viewer is told.</param>
/// <param name="RoomIds">The rooms that were refused, where a request names several.</param>
internal sealed record ErrorDetail(string? Detail, DateTimeOffset? Until = null, string? Reason = null, IReadOnlyList<string>? RoomIds = null);

/// <summary>It was done.</summary>
/// <param name="Success">Always true.</param>
/// <example>{"success":true}</example>
internal sealed record SuccessReply(bool Success);
