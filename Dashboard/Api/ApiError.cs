using System.ComponentModel.DataAnnotations;

namespace Presence.Dashboard.Api;

/// <summary>One kind of refusal: an HTTP status and the code clients tell it by. Its members are the catalogue, which docs/errors.md is checked against.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">What clients compare; never reused for anything else.</param>
/// <param name="Meaning">One sentence for docs/errors.md and for replies that have nothing more exact to say.</param>
internal sealed record ApiError(int Status, int Code, string Meaning)
{
    public static readonly ApiError Unreadable = new(400, 400000, "The request can't be read.");
    public static readonly ApiError Invalid = new(422, 400000, "The request breaks a rule.");
    public static readonly ApiError NotSignedIn = new(401, 400100, "The access token or key is missing, invalid, expired or revoked.");
    public static readonly ApiError PresenceDisabled = new(403, 400300, "Presence is switched off.");
    public static readonly ApiError NotAllowed = new(403, 400301, "The caller isn't allowed to do this.");
    public static readonly ApiError Banned = new(403, 400312, "The user is banned from the network.");
    public static readonly ApiError RateLimited = new(429, 400311, "Too many requests.");
    public static readonly ApiError NotFound = new(404, 400400, "Not found.");
    public static readonly ApiError MethodNotAllowed = new(405, 499405, "The route doesn't support this method.");
    public static readonly ApiError StaleVersion = new(412, 499412, "The document has changed since it was read.");
    public static readonly ApiError BodyTooLarge = new(413, 499413, "The body is larger than the caller's limit.");
    public static readonly ApiError WrongMediaType = new(415, 499415, "The route doesn't accept the body's content type.");
    public static readonly ApiError VersionRequired = new(428, 499428, "The request must name the version it changes.");
    public static readonly ApiError NotReady = new(503, 499503, "The server is restoring its state, or its storage is failing.");
    public static readonly ApiError Removed = new(403, 499601, "The user is banned from the room.");
    public static readonly ApiError RoomEnded = new(409, 499603, "The room's broadcast has ended.");
    public static readonly ApiError InvitationOver = new(409, 499604, "The invitation can't be answered any more.");
    public static readonly ApiError CapReached = new(429, 499602, "A limit is reached.");
    public static readonly ApiError Fault = new(500, 500000, "The server failed. Its log has the details.");

    public static readonly IReadOnlyList<ApiError> All =
    [
        Unreadable, Invalid, NotSignedIn, PresenceDisabled, NotAllowed, Banned, RateLimited, NotFound, MethodNotAllowed,
        StaleVersion, BodyTooLarge, WrongMediaType, VersionRequired, NotReady, Removed, CapReached, RoomEnded, InvitationOver, Fault,
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

/// <summary>The shape of every error.</summary>
/// <param name="Status">Always "error".</param>
/// <param name="Code">The error code. Clients compare it. It never changes its meaning.</param>
/// <param name="Message">What is wrong and what to do, for people.</param>
/// <param name="Data">Details, if there are any.</param>
internal sealed record ErrorDocument([property: AllowedValues("error")] string Status, int Code, string Message, ErrorDetail? Data);

/// <param name="Detail">The field and the rule, or other details.</param>
/// <param name="Until">When the ban ends. In the year 9999 for a ban without an end.</param>
/// <param name="Reason">The reason. The viewer sees it.</param>
/// <param name="RoomIds">The refused rooms, if a request names several.</param>
/// <param name="Forever">Present and true for a ban without an end.</param>
internal sealed record ErrorDetail(string? Detail, DateTimeOffset? Until = null, string? Reason = null, IReadOnlyList<string>? RoomIds = null, bool? Forever = null);

/// <summary>Done.</summary>
/// <param name="Success">Always true.</param>
/// <example>{"success":true}</example>
internal sealed record SuccessReply(bool Success);
