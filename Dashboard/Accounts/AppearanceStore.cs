using System.Collections.Concurrent;
using Microsoft.AspNetCore.Identity;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Accounts;

/// <summary>How somebody wants pages to look. Null where nothing was chosen: the system's theme, the screen's density.</summary>
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

/// <summary>Every moderator's <see cref="Appearance"/>: stored with the account, and in memory once it was read. Cookies are copies of it.</summary>
/// <remarks><b>Threads.</b> Any. <b>Bound.</b> One line an account.</remarks>
internal sealed class AppearanceStore(IServiceScopeFactory scopes, StorageWatch storage, ILogger<AppearanceStore> log)
{
    private const string Provider = "dashboard";
    private const string Name = "appearance";

    private readonly ConcurrentDictionary<string, Appearance> _known = new(StringComparer.Ordinal);

    /// <summary>The appearance of this request's page: the account's, or what the browser remembers while nobody is signed in.</summary>
    public async ValueTask<Appearance> OfAsync(HttpContext http, string? accountId)
    {
        var remembered = Appearance.Of(http.Request);
        if (accountId is null)
            return remembered;
        try
        {
            if (!_known.TryGetValue(accountId, out var chosen))
                chosen = _known.GetOrAdd(accountId, await LoadAsync(accountId));
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
            // Its own scope, because a page can be using the circuit's context.
            await using var scope = scopes.CreateAsyncScope();
            var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
            if (await accounts.FindByIdAsync(accountId) is not { } account)
                return false;
            var changed = Appearance.Parse(await accounts.GetAuthenticationTokenAsync(account, Provider, Name)).With(theme, density);
            if (!(await accounts.SetAuthenticationTokenAsync(account, Provider, Name, changed.ToString())).Succeeded)
                return false;
            _known[accountId] = changed;
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

    private async Task<Appearance> LoadAsync(string accountId)
    {
        await using var scope = scopes.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
        return Appearance.Parse(await accounts.FindByIdAsync(accountId) is { } account ? await accounts.GetAuthenticationTokenAsync(account, Provider, Name) : null);
    }

    private void Note(Exception failure, string what)
    {
        if (!storage.Note(failure))
            log.LogError(failure, "{What}", what);
    }
}
