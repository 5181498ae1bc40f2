using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Hosting;
using Presence.Engine.Moderation;

namespace Presence.Dashboard.Api;

/// <summary>A reply that says no, in the one shape every error has.</summary>
/// <param name="Error">Which kind.</param>
/// <param name="Message">What is wrong and the way out, for people.</param>
/// <param name="Detail">The field and the rule, or other particulars; null when the message says it all.</param>
internal sealed record ApiRefusal(ApiError Error, string Message, string? Detail = null) : IResult
{
    /// <summary>Sent as Retry-After, in whole seconds.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>What keeps the caller out, where that is the matter.</summary>
    public Removal? Removal { get; init; }

    /// <summary>The rooms it is for, where a request names several.</summary>
    public IReadOnlyList<string>? RoomIds { get; init; }

    public static ApiRefusal Invalid(string problem) => new(ApiErrors.Invalid, problem, problem);

    public static ApiRefusal Invalid(string field, string rule) => Invalid($"{field} {rule}");

    public static ApiRefusal NotSignedIn(string message) => new(ApiErrors.NotSignedIn, message);

    public Task ExecuteAsync(HttpContext http)
    {
        var response = http.Response;
        if (Error == ApiErrors.NotSignedIn)
            response.Headers.WWWAuthenticate = "Bearer";
        if (RetryAfterSeconds is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (Error == ApiErrors.BodyTooLarge || http.Request.ContentLength > ServerDefaults.LargestDrained)
            response.Headers.Connection = "close"; // said, or the next request on this connection meets a reset

        var body = new ErrorDocument("error", Error.Code, Message, Detail is null && Removal is null ? null : new ErrorDetail(Detail, Removal?.Until, Removal?.Reason, RoomIds));
        return new Reply<ErrorDocument>(body, Wire.Documents.ErrorDocument, Error.Status).ExecuteAsync(http);
    }
}
