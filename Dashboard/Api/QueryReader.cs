using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Net.Http.Headers;
using Presence.Engine;
using Presence.Engine.History;

namespace Presence.Dashboard.Api;

/// <summary>Reads the parameters of an address. The first one that is wrong ends it with an <see cref="ApiProblemException"/>. Out of range is refused, not clamped.</summary>
internal sealed class QueryReader(IQueryCollection query)
{
    public const int LongestZone = 64;

    /// <summary>Far enough from the ends of the calendar that nothing computed with an instant leaves it.</summary>
    private const int EarliestYear = 2000;

    private const int LatestYear = 2199;

    private static readonly string[] InstantFormats = ["yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    /// <summary>A parameter given at most once; null when left out or empty.</summary>
    public string? Text(string name, int longest)
    {
        var values = query[name];
        if (values.Count > 1)
            throw Refused($"{name} appears {values.Count} times. Send it once.");
        if (values.ToString() is not { Length: > 0 } text)
            return null;
        return text.Length <= longest ? text : throw Refused($"{name} can have at most {longest} characters, not {text.Length}.");
    }

    public int Number(string name, int smallest, int largest, int otherwise)
    {
        if (Text(name, 20) is not { } text)
            return otherwise;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= smallest && value <= largest
            ? value
            : throw Refused(string.Create(CultureInfo.InvariantCulture, $"{name} must be a whole number from {smallest} to {largest}."));
    }

    /// <summary>A room; null when left out.</summary>
    public string? RoomId(string name)
    {
        var roomId = Text(name, PresenceIds.LongestRoomId);
        return roomId is not null && PresenceIds.ProblemOfRoomId(roomId) is { } problem ? throw Refused($"{name}: {problem}") : roomId;
    }

    /// <summary>An instant; null when left out.</summary>
    public DateTimeOffset? Instant(string name)
    {
        if (Text(name, 40) is not { } text)
            return null;
        return DateTimeOffset.TryParseExact(text, InstantFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && at.Year is >= EarliestYear and <= LatestYear
            ? at.ToUniversalTime()
            : throw Refused($"{name} must be an instant such as 2026-11-21T22:37:41.509Z, in the years {EarliestYear} to {LatestYear}. Percent-encode the + of an offset as %2B.");
    }

    /// <summary>A range of time: <c>from</c>, and <c>to</c>, which it does not contain. Left out, it is the day until now.</summary>
    public (DateTimeOffset From, DateTimeOffset Until) Range(DateTimeOffset now)
    {
        var until = Instant("to") ?? now;
        var from = Instant("from") ?? until.AddDays(-1);
        return from < until ? (from, until) : throw Refused("from must be before to.");
    }

    /// <summary>A time zone; null when left out.</summary>
    public TimeZoneInfo? Zone(string name) => Text(name, LongestZone) is not { } id
        ? null
        : HistorySettingsRules.ZoneOf(id) ?? throw Refused($"{name} must be the IANA id of a time zone, for example Europe/Berlin.");

    /// <summary>One of the words listed; the first when left out, which may be nameless.</summary>
    public T Choice<T>(string name, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        if (Text(name, 40) is not { } text)
            return choices[0].Value;
        var words = new List<string>();
        foreach (var (word, value) in choices)
        {
            if (word == text)
                return value;
            if (word.Length > 0)
                words.Add(word);
        }
        throw Refused($"{name} must be one of {string.Join(", ", words)}.");
    }

    /// <summary>Rooms: <c>name=a,b</c> splits at commas; <c>name[]=a</c> is taken as it is, for rooms with a comma in their id. Null when left out.</summary>
    public List<string>? RoomIds(string name, int most) => Ids(name, most, "rooms", id => PresenceIds.ProblemOfRoomId(id));

    /// <summary>Users, in the same two ways.</summary>
    public List<string>? UserIds(string name, int most) => Ids(name, most, "users", id => PresenceIds.ProblemOfUserId(id));

    private List<string>? Ids(string name, int most, string of, Func<string, string?> problemOf)
    {
        var hasLiteral = query.TryGetValue(name + "[]", out var literal);
        if (!query.TryGetValue(name, out var listed) && !hasLiteral)
            return null;

        List<string> ids = [.. listed.SelectMany(text => text!.Split(',', StringSplitOptions.RemoveEmptyEntries)), .. literal.OfType<string>()];
        if (ids.Count > most)
            throw Refused($"{name} can list at most {most} {of}, not {ids.Count}.");
        foreach (var id in ids)
        {
            if (problemOf(id) is { } problem)
                throw Refused($"{name}: {problem}");
        }
        return ids;
    }

    /// <summary>Refuses a parameter that exists elsewhere but has no meaning here, where ignoring it would mislead.</summary>
    public void Forbid(string name, string why)
    {
        if (query.ContainsKey(name))
            throw Refused($"{name} {why}");
    }

    public static ApiProblemException Refused(string problem) => new(ApiProblem.Invalid(problem));
}

/// <summary>If-Match: a change names the version it is based on, so that no change is lost silently.</summary>
internal static class Precondition
{
    /// <summary>Says why a change may not be tried, or null; then whether it takes any version.</summary>
    /// <param name="http">The request.</param>
    /// <param name="currentTag">The version there is.</param>
    /// <param name="stale">The refusal when another one was named.</param>
    /// <param name="isRequired">Whether the header must be there; where not, leaving it out means any version.</param>
    /// <param name="takesAny">Whether the caller overwrites whatever is there, with <c>*</c>.</param>
    public static ApiProblem? Refuse(HttpContext http, string currentTag, Func<ApiProblem> stale, bool isRequired, out bool takesAny)
    {
        takesAny = false;
        if (http.Request.Headers.IfMatch.Count == 0)
        {
            takesAny = !isRequired;
            return isRequired
                ? new ApiProblem(ApiError.VersionRequired, "Send the ETag of the document you read as If-Match, so that you don't overwrite another change. Send * to overwrite anyway.")
                : null;
        }
        if (http.Request.GetTypedHeaders().IfMatch is not { Count: > 0 } tags)
            return new ApiProblem(ApiError.Unreadable, $"If-Match must be an ETag in quotes, as the server sent it: {currentTag}.");
        takesAny = tags.Contains(EntityTagHeaderValue.Any);
        return takesAny || tags.Any(tag => tag.Compare(new EntityTagHeaderValue(currentTag), useStrongComparison: true)) ? null : stale();
    }
}

/// <summary>
/// The path as it was sent. The framework removes dot segments from it, and decodes everything in it but <c>%2F</c>, so that
/// a slash inside an id cannot be told from the text "%2F".
/// </summary>
internal static class RawRoute
{
    private const string Dot = "%2E";

    private static readonly SearchValues<char> PartOfDots = SearchValues.Create(".%");

    /// <summary>Whether a segment is <c>.</c> or <c>..</c>, percent-encoded or not: the request would reach another route than the one it spells.</summary>
    /// <remarks><b>Cost.</b> One look at the path; no allocation.</remarks>
    public static bool HoldsDotSegment(HttpContext http)
    {
        var path = Of(http);
        if (!path.ContainsAny(PartOfDots))
            return false;
        foreach (var segment in path.Split('/'))
        {
            if (IsDots(path[segment]))
                return true;
        }
        return false;
    }

    /// <summary>The path of a request that was sent to an absolute address, as proxies may do; null for all others.</summary>
    public static string? OfAbsoluteAddress(HttpContext http) =>
        Of(http) is { IsEmpty: false } path && http.Features.Get<IHttpRequestFeature>()?.RawTarget[0] != '/' ? path.ToString() : null;

    /// <summary>One segment, decoded once and wholly; the framework's own reading where the path is not at hand.</summary>
    /// <param name="http">The request.</param>
    /// <param name="index">Which, the first of the request's path being 0.</param>
    /// <param name="otherwise">What routing made of it.</param>
    public static string Segment(HttpContext http, int index, string otherwise)
    {
        var path = Of(http);
        // Both start with a slash, before which there is no segment. The path as sent can also contain the path base.
        var left = index + 1 + path.Count('/') - http.Request.Path.Value.AsSpan().Count('/');
        foreach (var segment in path.Split('/'))
        {
            if (left-- == 0)
                return Uri.UnescapeDataString(path[segment]);
        }
        return otherwise;
    }

    private static ReadOnlySpan<char> Of(HttpContext http)
    {
        var target = (http.Features.Get<IHttpRequestFeature>()?.RawTarget).AsSpan();
        if (target.IndexOf('?') is >= 0 and var query)
            target = target[..query];
        if (target.StartsWith('/'))
            return target;
        var authority = target.IndexOf("://", StringComparison.Ordinal);
        var path = authority < 0 ? -1 : target[(authority + 3)..].IndexOf('/');
        return path < 0 ? default : target[(authority + 3 + path)..];
    }

    private static bool IsDots(ReadOnlySpan<char> segment)
    {
        var dots = 0;
        while (!segment.IsEmpty && dots < 2)
        {
            if (segment[0] == '.')
                segment = segment[1..];
            else if (segment.StartsWith(Dot, StringComparison.OrdinalIgnoreCase))
                segment = segment[Dot.Length..];
            else
                return false;
            dots++;
        }
        return dots > 0 && segment.IsEmpty;
    }
}

/// <summary>Which methods an address answers, to tell "not for this method" from "nothing there".</summary>
/// <remarks>Routing itself tells them apart only as long as no route of the dashboard's files matches every path.</remarks>
internal sealed class AnsweredMethods(EndpointDataSource endpoints)
{
    private readonly Lazy<IReadOnlyList<(TemplateMatcher Path, IReadOnlyList<string> Methods)>> _routes = new(() => Read(endpoints));

    /// <summary>The methods a path answers, in alphabetical order; none when it is not there. What answers GET answers HEAD (<see cref="Hosting.HeadMiddleware"/>).</summary>
    public IReadOnlyList<string> Of(PathString path)
    {
        var methods = _routes.Value.Where(route => route.Path.TryMatch(path, [])).SelectMany(route => route.Methods).ToHashSet(StringComparer.Ordinal);
        if (methods.Contains(HttpMethods.Get))
            methods.Add(HttpMethods.Head);
        return [.. methods.Order(StringComparer.Ordinal)];
    }

    private static List<(TemplateMatcher Path, IReadOnlyList<string> Methods)> Read(EndpointDataSource endpoints) =>
    [
        .. from route in endpoints.Endpoints.OfType<RouteEndpoint>()
           where route.Order < int.MaxValue // fallbacks match every path
           let methods = route.Metadata.GetMetadata<HttpMethodMetadata>()
           where methods is not null
           select (Matcher(route.RoutePattern), methods.HttpMethods),
    ];

    private static TemplateMatcher Matcher(RoutePattern pattern) => new(new RouteTemplate(pattern), new RouteValueDictionary());
}
