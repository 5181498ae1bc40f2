using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Accounts;

/// <summary>An account's theme and density. Null means not chosen: the system's theme, the screen's density.</summary>
/// <param name="Theme">system, light or dark.</param>
/// <param name="Density">compact or comfortable.</param>
internal sealed record Appearance(string? Theme, string? Density)
{
    private const string ThemeCookie = "presence-theme";
    private const string DensityCookie = "presence-density";

    /// <summary>What the browser remembers.</summary>
    public static Appearance Of(HttpRequest request) => new(ThemeOf(request.Cookies[ThemeCookie]), DensityOf(request.Cookies[DensityCookie]));

    /// <summary>From one line, as it is stored.</summary>
    public static Appearance Parse(string? stored) => stored?.Split(' ') is [var theme, var density] ? new(ThemeOf(theme), DensityOf(density)) : new(null, null);

    public override string ToString() => $"{Theme ?? "-"} {Density ?? "-"}";

    /// <summary>With one choice changed. What is no choice changes nothing.</summary>
    public Appearance With(string? theme, string? density) => new(ThemeOf(theme) ?? Theme, DensityOf(density) ?? Density);

    /// <summary>Makes the browser remember it. wwwroot/theme.js writes the same cookies.</summary>
    public void Keep(HttpContext http)
    {
        Keep(ThemeCookie, Theme);
        Keep(DensityCookie, Density);

        void Keep(string name, string? value)
        {
            var options = new CookieOptions { Path = http.Request.PathBase.ToUriComponent() + "/", SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, MaxAge = TimeSpan.FromDays(365) };
            if (value is not null)
                http.Response.Cookies.Append(name, value, options);
        }
    }

    private static string? ThemeOf(string? text) => text is "system" or "light" or "dark" ? text : null;

    private static string? DensityOf(string? text) => text is "compact" or "comfortable" ? text : null;
}

/// <summary>Every moderator's <see cref="Appearance"/>: the account's own. Cookies are copies of it.</summary>
internal sealed class AppearanceStore(AccountValues values, StorageWatch storage, ILogger<AppearanceStore> log)
{
    private static readonly AccountValue<Appearance> Value = new("appearance", Appearance.Parse, appearance => appearance.ToString());

    /// <summary>The appearance of this request's page: the account's, or the browser's if no one is signed in.</summary>
    public async ValueTask<Appearance> OfAsync(HttpContext http, string? accountId)
    {
        var remembered = Appearance.Of(http.Request);
        if (accountId is null)
            return remembered;
        try
        {
            var chosen = await values.ReadAsync(accountId, Value);
            // Choices that the account never made stay as this browser has them.
            chosen = remembered.With(chosen.Theme, chosen.Density);
            if (chosen != remembered && !http.Response.HasStarted)
                chosen.Keep(http);
            return chosen;
        }
#pragma warning disable CA1031 // any failure: a page must not fail because of its theme
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Note(failure, "A moderator's appearance couldn't be read.");
            return remembered;
        }
    }

    /// <summary>Stores one choice of an account.</summary>
    /// <returns>False if it could not be stored.</returns>
    public async Task<bool> ChangeAsync(string accountId, string? theme, string? density)
    {
        try
        {
            await values.ChangeAsync(accountId, Value, appearance => appearance.With(theme, density));
            return true;
        }
#pragma warning disable CA1031 // any failure: the browser keeps its choice
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Note(failure, "A moderator's appearance couldn't be stored.");
            return false;
        }
    }

    private void Note(Exception failure, string what)
    {
        if (!storage.Note(failure))
            log.LogError(failure, "{What}", what);
    }
}
