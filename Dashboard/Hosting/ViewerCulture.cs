using System.Collections.Frozen;
using System.Globalization;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Presence.Dashboard.Hosting;

/// <summary>How the browser's owner writes numbers and times: the first of its languages that the runtime knows.</summary>
internal static class ViewerCulture
{
    /// <summary>For who names none: English words with a day that has 24 hours.</summary>
    public static readonly CultureInfo Fallback = Known("en-GB") ?? CultureInfo.InvariantCulture;

    // Looked up in this list and not by the framework, so that no header can create other cultures.
    private static FrozenDictionary<string, CultureInfo>? _known;

    /// <param name="acceptLanguage">The header, in any shape a stranger may give it.</param>
    public static CultureInfo Of(StringValues acceptLanguage)
    {
        if (acceptLanguage.Count == 0 || !StringWithQualityHeaderValue.TryParseList([.. acceptLanguage.OfType<string>()], out var languages))
            return Fallback;
        return languages
            .Where(language => language.Quality is not 0)
            .OrderByDescending(language => language.Quality ?? 1)
            .Select(language => Known(language.Value.ToString()))
            .FirstOrDefault(culture => culture is not null) ?? Fallback;
    }

    private static CultureInfo? Known(string name)
    {
        _known ??= CultureInfo.GetCultures(CultureTypes.AllCultures)
            .Where(culture => culture.Name.Length > 0)
            .ToFrozenDictionary(culture => culture.Name, WithPlainMinus, StringComparer.OrdinalIgnoreCase);
        return _known.GetValueOrDefault(name);
    }

    /// <summary>
    /// Number attributes of a page (<c>tabindex</c>) are written in this culture too, by components we do not write, and a browser
    /// reads no other minus than "-". Pages write theirs themselves (Display/Numbers).
    /// </summary>
    private static CultureInfo WithPlainMinus(CultureInfo culture)
    {
        var plain = (CultureInfo)culture.Clone();
        plain.NumberFormat.NegativeSign = CultureInfo.InvariantCulture.NumberFormat.NegativeSign;
        return CultureInfo.ReadOnly(plain);
    }
}

/// <summary>
/// Pages are written in the viewer's culture; a circuit keeps the one of the request that opened it. The API never passes
/// here: what programs read is the same everywhere. Words stay English, so the language of the interface is left alone.
/// </summary>
internal sealed class ViewerCultureMiddleware(RequestDelegate next)
{
    // Asynchronous, so that the culture ends with the request and doesn't stay with its connection.
    public async Task InvokeAsync(HttpContext http)
    {
        CultureInfo.CurrentCulture = ViewerCulture.Of(http.Request.Headers.AcceptLanguage);
        await next(http);
    }
}
