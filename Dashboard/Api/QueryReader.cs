using System.Globalization;
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
