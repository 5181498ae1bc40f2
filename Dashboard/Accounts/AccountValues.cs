using System.Collections.Concurrent;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Accounts;

/// <summary>One thing that is kept for every account, and the text it is stored as.</summary>
/// <param name="Name">What it is called in the store.</param>
/// <param name="Read">Of the stored text. Null while nothing was stored.</param>
/// <param name="Write">To the stored text.</param>
internal sealed record AccountValue<T>(string Name, Func<string?, T> Read, Func<T, string> Write)
    where T : class;

/// <summary>What moderators chose: stored with their accounts as user tokens, and in memory once it was read, so that one screen follows another.</summary>
/// <remarks><b>Threads.</b> Any; changes follow one another. <b>Bound.</b> One object a value and account.</remarks>
internal class AccountValues(IServiceScopeFactory scopes) : IDisposable
{
    private const string Provider = "dashboard";

    private readonly ConcurrentDictionary<(string AccountId, string Name), object> _known = new();
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>An account's value; the same object while it is the same.</summary>
    public async ValueTask<T> ReadAsync<T>(string accountId, AccountValue<T> value)
        where T : class =>
        (T)(_known.TryGetValue((accountId, value.Name), out var known) ? known : _known.GetOrAdd((accountId, value.Name), value.Read(await LoadAsync(accountId, value.Name))));

    /// <summary>Changes an account's value; durable when it returns. Nothing was changed if it throws.</summary>
    /// <param name="accountId">Whose.</param>
    /// <param name="value">Which.</param>
    /// <param name="change">What it becomes of what it is. The same object is not stored again.</param>
    public async Task ChangeAsync<T>(string accountId, AccountValue<T> value, Func<T, T> change)
        where T : class
    {
        await _oneAtATime.WaitAsync();
        try
        {
            var before = await ReadAsync(accountId, value);
            var after = change(before);
            if (ReferenceEquals(before, after))
                return;
            await SaveAsync(accountId, value.Name, value.Write(after));
            _known[(accountId, value.Name)] = after;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>The values of every account that may sign in and has one, with what the account may do.</summary>
    public async Task<IReadOnlyList<(string AccountId, ModeratorAccess Access, T Value)>> ListAsync<T>(AccountValue<T> value, CancellationToken cancellationToken)
        where T : class
    {
        var values = new List<(string, ModeratorAccess, T)>();
        foreach (var (accountId, access) in await AccountsWithAsync(value.Name, cancellationToken))
            values.Add((accountId, access, await ReadAsync(accountId, value)));
        return values;
    }

    public void Dispose()
    {
        _oneAtATime.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The accounts that something of a name is stored for, those disabled left out.</summary>
    internal virtual async Task<IReadOnlyList<(string AccountId, ModeratorAccess Access)>> AccountsWithAsync(string name, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<AccountsContext>();
        var accounts = await context.Users.AsNoTracking().Where(user => !user.IsDisabled && context.UserTokens.Any(token => token.UserId == user.Id && token.LoginProvider == Provider && token.Name == name)).ToListAsync(cancellationToken);
        var ids = accounts.Select(account => account.Id).ToList();
        var roles = await (from held in context.UserRoles
                           join role in context.Roles on held.RoleId equals role.Id
                           where ids.Contains(held.UserId)
                           select new { held.UserId, role.Name }).ToListAsync(cancellationToken);
        var rolesOf = roles.ToLookup(role => role.UserId, role => role.Name ?? "", StringComparer.Ordinal);
        return [.. accounts.Select(account => (account.Id, ModeratorAccess.Of(account, rolesOf[account.Id])))];
    }

    /// <summary>The stored text. Null where there is none, as for an account that is gone.</summary>
    internal virtual async Task<string?> LoadAsync(string accountId, string name)
    {
        // Its own scope, here and below, because a page can be using the circuit's context.
        await using var scope = scopes.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
        return await accounts.FindByIdAsync(accountId) is { } account ? await accounts.GetAuthenticationTokenAsync(account, Provider, name) : null;
    }

    /// <summary>Stores a text in place of the one before.</summary>
    internal virtual async Task SaveAsync(string accountId, string name, string text)
    {
        await using var scope = scopes.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
        var account = await accounts.FindByIdAsync(accountId) ?? throw new InvalidOperationException("The account no longer exists.");
        var result = await accounts.SetAuthenticationTokenAsync(account, Provider, name, text);
        if (!result.Succeeded)
            throw new InvalidOperationException(string.Join(" ", result.Errors.Select(error => error.Description)));
    }
}

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
