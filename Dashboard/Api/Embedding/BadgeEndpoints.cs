using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Xml;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Pictures;
using Presence.Engine;

namespace Presence.Dashboard.Api.Embedding;

/// <summary>
/// A room's count for anyone with its public link, as an image or for a widget. A revoked link, the link of a room without one,
/// and a guess look the same to the caller: one look-up, one reply.
/// </summary>
internal sealed class BadgeEndpoints(PublicRooms rooms, IPresence presence, UserPictures pictures, RateLimits rateLimits)
{
    /// <summary>How long an answer is fresh, for caches and for widgets.</summary>
    public const int FreshSeconds = 5;

    private const string Caching = "public, max-age=5, stale-while-revalidate=30";
    private const string ContentPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

    private static readonly ApiProblem Nowhere = new(ApiError.NotFound, "This link doesn't exist or was revoked.");

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<BadgeEndpoints>(api.ServiceProvider);
        api.MapGet("/badge/{link}.svg", endpoints.DrawAsync).Allow(ApiPolicy.Anonymous).WithOwnRateLimit()
            .WithName("drawBadge").Takes(
                ApiParameter.OfText("label", $"The word after the number. Default: `{BadgeDrawing.DefaultLabel}`.", BadgeDrawing.LongestLabel),
                ApiParameter.OfWords("theme", "The page's theme. Default: the reader's system theme.", ["auto", "light", "dark"]))
            .Produces<string>(StatusCodes.Status200OK, "image/svg+xml").AnswersHeader("ETag", "The version of the reply.")
            .AnswersHeader("Cache-Control", "How long the reply can be cached.")
            .WithExample("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"96\" height=\"22\"></svg>").Refuses(ApiError.NotFound, ApiError.MethodNotAllowed);
        api.MapGet("/badge/{link}.json", endpoints.ReadAsync).Allow(ApiPolicy.Anonymous).WithOwnRateLimit()
            .WithName("getPublicRoom").Produces<PublicRoomDocument>().AnswersHeader("ETag", "The version of the reply.")
            .AnswersHeader("Cache-Control", "How long the reply can be cached.").Refuses(ApiError.NotFound, ApiError.MethodNotAllowed, ApiError.PresenceDisabled);
        api.MapGet("/badge/{link}/pictures/{key}", endpoints.ShowAsync).Allow(ApiPolicy.Anonymous).WithOwnRateLimit()
            .WithName("getPublicPicture").Produces<string>(StatusCodes.Status200OK, PictureDrawing.ContentType)
            .AnswersHeader("ETag", "The version of the reply.").AnswersHeader("Cache-Control", "How long the reply can be cached.")
            .WithExample("RIFF").Refuses(ApiError.NotFound, ApiError.MethodNotAllowed);
    }

    /// <summary>Read a room's count as an image</summary>
    /// <remarks>
    /// For an <c>&lt;img&gt;</c> on any page. Can be cached for 5 seconds. While presence is off, it shows a dash. Revoked and
    /// unknown links both return 404.
    /// </remarks>
    /// <response code="200">The badge.</response>
    internal async ValueTask<IResult> DrawAsync(HttpContext http, string link)
    {
        var (refusal, room) = await OpenAsync(http, link);
        if (refusal is not null)
            return refusal;
        var query = new QueryReader(http.Request.Query);
        var label = query.Text("label", BadgeDrawing.LongestLabel) ?? BadgeDrawing.DefaultLabel;
        var theme = query.Choice("theme", ("auto", BadgeTheme.Auto), ("light", BadgeTheme.Light), ("dark", BadgeTheme.Dark));
        if (BadgeDrawing.ProblemOfLabel(label) is { } problem)
            return ApiProblem.Invalid(problem);

        // A missing image can't say why, so the badge is drawn without a count while presence is off.
        var isOff = ApiProblem.WhileDisabled(presence, room!.RoomId) is not null;
        return Answer(http, BadgeDrawing.Draw(isOff ? null : room.Count, VisibleText.NameOf(label) ?? BadgeDrawing.DefaultLabel, theme), "image/svg+xml; charset=utf-8");
    }

    /// <summary>Read a room's count through its public link</summary>
    /// <remarks>For pages of any origin, without a token. Can be cached for 5 seconds. Revoked and unknown links both return 404.</remarks>
    /// <response code="200">The count.</response>
    internal async ValueTask<IResult> ReadAsync(HttpContext http, string link)
    {
        var (refusal, room) = await OpenAsync(http, link);
        if (refusal is not null)
            return refusal;
        if (ApiProblem.WhileDisabled(presence, room!.RoomId) is { } off)
            return off;

        var document = new PublicRoomDocument(
            room.Count,
            room.At,
            FreshSeconds,
            RoomPresenceEndpoints.OnlyTrue(presence.Current.IsWarming),
            room.Faces is null ? null : [.. room.Faces.Select(face => new PublicRoomDocument.ViewerPart(face.Name, face.Picture is null ? null : $"{link}/pictures/{face.Picture}"))]);
        return Answer(http, JsonSerializer.SerializeToUtf8Bytes(document, ApiJson.Documents.PublicRoomDocument), Reply.Json);
    }

    /// <summary>Read a viewer's picture through a public link</summary>
    /// <remarks>
    /// For the `picture` of a room's document. The server fetches the viewer's `avatarUrl` when the first browser asks, and sends a
    /// square of 96 pixels, or one transparent pixel if the URL leads to no picture that can be shown, so that initials below it stay. Links that don't show names, revoked and unknown ones return 404, as do unknown pictures.
    /// </remarks>
    /// <response code="200">The picture.</response>
    internal async Task<IResult> ShowAsync(HttpContext http, string link, string key)
    {
        var (refusal, room) = await OpenAsync(http, link);
        if (refusal is not null)
            return refusal;
        if (room!.Faces is null || await pictures.ReadAsync(key, http.RequestAborted) is not { } picture)
            return Nowhere;
        Fence(http);
        return PictureEndpoints.ResultOf(http, picture, "public");
    }

    /// <summary>Any site may show it: nothing here depends on who asks.</summary>
    private async ValueTask<(ApiProblem? Refusal, PublicRoomViewModel? Room)> OpenAsync(HttpContext http, string link)
    {
        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = "*"; // on errors too, because a widget reads them
        headers.AccessControlExposeHeaders = "retry-after";
        if (!rateLimits.Badges.TryTake(http.Connection.RemoteIpAddress, out var wait))
            return (ApiProblem.TooFast("This address asks for badges too often.", wait), null);
        return await rooms.ReadAsync(link) is { } room ? (null, room) : (Nowhere, null);
    }

    private static IResult Answer(HttpContext http, byte[] body, string contentType)
    {
        http.Response.Headers.CacheControl = Caching;
        Fence(http);
        return Results.Bytes(body, contentType, entityTag: EntityTags.Of(body));
    }

    private static void Fence(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
    }
}

/// <summary>Draws a badge: a dot, the count, a word. An image of its own, without a script, a font or a link in it.</summary>
internal static class BadgeDrawing
{
    public const int LongestLabel = 32;
    public const string DefaultLabel = "watching";

    /// <summary>In place of the count while presence is off.</summary>
    private const string Nothing = "–";

    private const double TextStart = 20;
    private const double Gap = 4;
    private const double Margin = 9;

    private const string Light = "rect{fill:#fff;stroke:#d4d6dc}.n{fill:#17181b}.l{fill:#565962}circle{fill:#14713f}.off{fill:#8b8e98}";
    private const string Dark = "rect{fill:#141518;stroke:#3a3c43}.n{fill:#edeef0}.l{fill:#a5a8b1}circle{fill:#55c78d}.off{fill:#6a6d77}";
    private const string Font = "text{font:600 11px system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif}.l{font-weight:400}";

    /// <summary>Why a label cannot be drawn; null when it can.</summary>
    public static string? ProblemOfLabel(string label) =>
        label.All(character => !char.IsControl(character) && (char.IsSurrogate(character) || XmlConvert.IsXmlChar(character))) ? null : "label contains a character that can't be displayed.";

    /// <param name="count">How many watch; null while presence is off.</param>
    /// <param name="label">The word after the number.</param>
    /// <param name="theme">For which kind of page.</param>
    public static byte[] Draw(int? count, string label, BadgeTheme theme)
    {
        var number = count?.ToString("N0", CultureInfo.InvariantCulture) ?? Nothing;
        var (numberWidth, labelWidth) = (WidthOf(number, 6.8), WidthOf(label, 6.1));
        var labelStart = TextStart + numberWidth + Gap;
        var width = Math.Ceiling(labelStart + labelWidth + Margin);
        // Fixed text widths make the words fit in any font.
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="22" viewBox="0 0 {width} 22" role="img" aria-label="{Escaped($"{number} {label}")}"><title>{Escaped($"{number} {label}")}</title><style>{Font}{StyleOf(theme)}</style><rect x=".5" y=".5" width="{width - 1}" height="21" rx="10.5"/><circle{(count is null ? " class=\"off\"" : "")} cx="11.5" cy="11" r="3"/><text class="n" x="{TextStart:0.#}" y="15" textLength="{numberWidth:0.#}" lengthAdjust="spacingAndGlyphs">{number}</text><text class="l" x="{labelStart:0.#}" y="15" textLength="{labelWidth:0.#}" lengthAdjust="spacingAndGlyphs">{Escaped(label)}</text></svg>
            """));
    }

    private static string StyleOf(BadgeTheme theme) => theme switch
    {
        BadgeTheme.Light => Light,
        BadgeTheme.Dark => Dark,
        _ => $"{Light}@media(prefers-color-scheme:dark){{{Dark}}}",
    };

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);

    /// <summary>About how wide a text is in 11 px of any usual font.</summary>
    private static double WidthOf(string text, double usual) => text.EnumerateRunes().Sum(rune => rune.Value switch
    {
        ',' or '.' or '\'' or ' ' or ':' or 'i' or 'j' or 'l' or 'I' or '|' or '!' => 3.2,
        'f' or 't' or 'r' or '-' or '(' or ')' => 4.2,
        'm' or 'w' or 'M' or 'W' or '@' => 9,
        >= 'A' and <= 'Z' => 7.2,
        >= 0x2E80 => 11.5,
        _ => usual,
    });
}

/// <summary>The colours of a badge.</summary>
internal enum BadgeTheme
{
    /// <summary>As the reader's system is set.</summary>
    Auto,

    /// <summary>For light pages.</summary>
    Light,

    /// <summary>For dark pages.</summary>
    Dark,
}
