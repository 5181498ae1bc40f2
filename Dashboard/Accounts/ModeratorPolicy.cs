using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Presence.Engine.Alerts;
using Presence.Engine.Audit;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Accounts;

/// <summary>Which role suffices for what; the names pages and routes declare. A route with a room asks for the role in this room.</summary>
internal static class ModeratorPolicy
{
    public const string Observe = nameof(Observe);
    public const string Moderate = nameof(Moderate);

    /// <summary>Observes every room: for what is true of the whole network.</summary>
    public const string ObserveAll = nameof(ObserveAll);

    /// <summary>Moderates every room.</summary>
    public const string ModerateAll = nameof(ModerateAll);
    public const string Administer = nameof(Administer);

    /// <summary>What routes and pages call the room they are about.</summary>
    private const string RoomParameter = "RoomId";

    public static void AddTo(AuthorizationOptions options)
    {
        Add(Observe, ModeratorRole.Observer, isOfNetwork: false);
        Add(Moderate, ModeratorRole.Moderator, isOfNetwork: false);
        Add(ObserveAll, ModeratorRole.Observer, isOfNetwork: true);
        Add(ModerateAll, ModeratorRole.Moderator, isOfNetwork: true);
        Add(Administer, ModeratorRole.Admin, isOfNetwork: true);

        void Add(string name, ModeratorRole role, bool isOfNetwork) => options.AddPolicy(name, policy => policy.RequireAssertion(context =>
        {
            var access = ModeratorAccess.Of(context.User);
            if (name == Observe && SecondFactorRule.IsNeededBy(context.User))
                return SetsUpSecondFactor(context.Resource);
            return isOfNetwork ? access.Holds(role, roomId: null)
                : RoomOf(context.Resource) is { } roomId ? access.Holds(role, roomId)
                : access.HoldsSomewhere(role);
        }));
    }

    /// <summary>Whether a request, or a page of a circuit, is for who has yet to set up a second factor.</summary>
    private static bool SetsUpSecondFactor(object? resource) => resource switch
    {
        HttpContext http => http.GetEndpoint()?.Metadata.GetMetadata<SetsUpSecondFactorAttribute>() is not null,
        Microsoft.AspNetCore.Components.RouteData page => page.PageType.IsDefined(typeof(SetsUpSecondFactorAttribute), inherit: false),
        _ => false,
    };

    /// <summary>The room that a request, or a page of a circuit, names in its path; null for none.</summary>
    private static string? RoomOf(object? resource) => resource switch
    {
        HttpContext http => http.GetRouteValue(RoomParameter) as string,
        Microsoft.AspNetCore.Components.RouteData { RouteValues: { } values } => values.GetValueOrDefault(RoomParameter) as string,
        _ => null,
    };
}

/// <summary>What a moderator may do. Each role includes the ones before it.</summary>
public enum ModeratorRole
{
    /// <summary>Sees rooms, viewers and settings.</summary>
    Observer,

    /// <summary>Also acts: changes the presence settings.</summary>
    Moderator,

    /// <summary>Also decides who else may. The first account is one.</summary>
    Admin,
}

/// <summary>What an account may do, and where. A value.</summary>
/// <param name="Role">Its role in its rooms; null for an account that may see nothing.</param>
public sealed record ModeratorAccess(ModeratorRole? Role)
{
    /// <summary>The claim with the rooms of an account that is not for all of them.</summary>
    public const string RoomsClaim = "presence:rooms";

    /// <summary>The claim of an account that observes the other rooms.</summary>
    public const string ElsewhereClaim = "presence:elsewhere";

    public static readonly ModeratorAccess None = new((ModeratorRole?)null);

    private static readonly ModeratorRole[] Roles = Enum.GetValues<ModeratorRole>();

    /// <summary>The rooms its role is for; null for all.</summary>
    public RoomSet? Rooms { get; init; }

    /// <summary>Whether it observes every other room. Without it, there are no others for it.</summary>
    public bool ObservesElsewhere { get; init; }

    /// <summary>As claims of a request or a circuit say. They are of the account as it is now: no cookie is asked.</summary>
    public static ModeratorAccess Of(ClaimsPrincipal principal)
    {
        if (principal.Identity?.IsAuthenticated != true)
            return None;
        for (var role = Roles.Length - 1; role >= 0; role--)
        {
            if (principal.IsInRole(Roles[role].ToString()))
                return Of(Roles[role], RoomSet.Read(principal.FindFirstValue(RoomsClaim)), principal.HasClaim(claim => claim.Type == ElsewhereClaim));
        }
        return None;
    }

    /// <summary>As an account is stored.</summary>
    internal static ModeratorAccess Of(ModeratorAccount account, IEnumerable<string> roles) =>
        Of(roles.Select(name => Enum.TryParse<ModeratorRole>(name, out var role) ? role : (ModeratorRole?)null).Max(), RoomSet.Read(account.Rooms), account.ObservesElsewhere);

    /// <summary>What is written in several ways is one value: an Admin is one everywhere, and who observes some rooms and all others observes all.</summary>
    public static ModeratorAccess Of(ModeratorRole? role, RoomSet? rooms, bool observesElsewhere) =>
        role is null or ModeratorRole.Admin || rooms is null || (role == ModeratorRole.Observer && observesElsewhere)
            ? new ModeratorAccess(role)
            : new ModeratorAccess(role) { Rooms = rooms, ObservesElsewhere = observesElsewhere };

    /// <summary>A role alone is one in every room.</summary>
    public static implicit operator ModeratorAccess(ModeratorRole role) => new(role);

    /// <summary>Whether it holds a role, or one that includes it, in a room; with null, in every room.</summary>
    public bool Holds(ModeratorRole role, string? roomId) =>
        Rooms is null || (roomId is not null && Rooms.Contains(roomId)) ? Role >= role : ObservesElsewhere && role == ModeratorRole.Observer;

    /// <summary>Whether alerts of a kind in a room, or with null in the network, are for it. Those of watched viewers are for whom the watch list is for.</summary>
    public bool Sees(AlertKind kind, string? roomId) => kind == AlertKind.Watched ? Holds(ModeratorRole.Moderator, roomId: null) : Holds(ModeratorRole.Observer, roomId);

    /// <summary>Whether it holds a role in any room.</summary>
    public bool HoldsSomewhere(ModeratorRole role) => Role >= role;

    /// <summary>Where it holds a role that it holds somewhere: what lists are narrowed to. Null for every room.</summary>
    public RoomSet? RoomsOf(ModeratorRole role) => Holds(role, roomId: null) ? null : Rooms;

    /// <summary>Writes the rooms into an account; its role is written as membership.</summary>
    internal void Store(ModeratorAccount account) => (account.Rooms, account.ObservesElsewhere) = (Rooms?.ToString(), ObservesElsewhere);

    /// <summary>As logs say it.</summary>
    public override string ToString() => (Role?.ToString() ?? "nothing") + (Rooms is { } rooms ? $" in {string.Join(", ", rooms.Names)}" + (ObservesElsewhere ? " and Observer elsewhere" : "") : "");

    /// <summary>As claims.</summary>
    public IEnumerable<Claim> ToClaims(string roleClaimType)
    {
        if (Role is { } role)
            yield return new Claim(roleClaimType, role.ToString());
        if (Rooms is { } rooms)
            yield return new Claim(RoomsClaim, rooms.ToString());
        if (ObservesElsewhere)
            yield return new Claim(ElsewhereClaim, "true");
    }

    /// <summary>As the audit log tells it.</summary>
    /// <param name="more">Another value beside it.</param>
    internal string ToValues((string Name, object? Value) more = default) => AuditEntry.Values(
        ("role", Role), ("rooms", Rooms is { } rooms ? string.Join(", ", rooms.Names) : null), ("elsewhere", ObservesElsewhere ? ModeratorRole.Observer : null), more);
}

/// <summary>Who acts, as histories name them.</summary>
/// <param name="Email">The account's email.</param>
/// <param name="AccountId">The account, whatever its email becomes.</param>
/// <param name="Access">What it may do.</param>
internal sealed record ModeratorIdentity(string Email, string AccountId, ModeratorAccess Access)
{
    /// <summary>As the audit log names them.</summary>
    public required Actor Actor { get; init; }

    /// <summary>Whether the session has a second factor.</summary>
    public bool HasSecondFactor { get; init; }
}

/// <summary>The one place that says what the circuit's moderator may do, asked inside the services that pages call; a page's own attribute only hides it.</summary>
/// <remarks>
/// A room's id stands for the room, and null for the network: who has a role in some rooms alone does not have it in the network.
/// A list is asked for with <see cref="RequireSomewhereAsync"/>, and narrowed to <see cref="ModeratorAccess.RoomsOf"/>.
/// </remarks>
internal sealed class ModeratorGuard(AuthenticationStateProvider authentication)
{
    /// <summary>What the moderator may do now.</summary>
    public async ValueTask<ModeratorAccess> AccessAsync() => ModeratorAccess.Of((await authentication.GetAuthenticationStateAsync()).User);

    /// <summary>Whether a role is held; for what a page shows. What it does is checked with <see cref="RequireAsync"/>.</summary>
    /// <param name="role">The role, or one that includes it.</param>
    /// <param name="roomId">Where. Null for the whole network.</param>
    public async ValueTask<bool> HoldsAsync(ModeratorRole role, string? roomId = null) => (await AccessAsync()).Holds(role, roomId);

    /// <param name="role">The role, or one that includes it.</param>
    /// <param name="roomId">Where. Null for the whole network.</param>
    /// <exception cref="AccessRefusedException">The caller isn't signed in, or lacks the role there.</exception>
    public async ValueTask<ModeratorIdentity> RequireAsync(ModeratorRole role, string? roomId = null)
    {
        var identity = await IdentifyAsync();
        return identity?.Access.Holds(role, roomId) == true ? identity : throw new AccessRefusedException(role, roomId);
    }

    /// <summary>For what is of no room, and for lists, which the caller narrows.</summary>
    /// <exception cref="AccessRefusedException">The caller isn't signed in, or has the role nowhere.</exception>
    public async ValueTask<ModeratorIdentity> RequireSomewhereAsync(ModeratorRole role)
    {
        var identity = await IdentifyAsync();
        return identity?.Access.HoldsSomewhere(role) == true ? identity : throw new AccessRefusedException(role, roomId: null);
    }

    private async ValueTask<ModeratorIdentity?> IdentifyAsync()
    {
        var principal = (await authentication.GetAuthenticationStateAsync()).User;
        if (principal.Identity is not { IsAuthenticated: true } identity)
            return null;
        var name = identity.Name ?? "";
        return new ModeratorIdentity(principal.FindFirstValue(ClaimTypes.Email) ?? name, principal.FindFirstValue(ClaimTypes.NameIdentifier) ?? name, ModeratorAccess.Of(principal)) { Actor = principal.Actor(), HasSecondFactor = SecondFactorRule.IsHeldBy(principal) };
    }
}

/// <summary>The signed-in moderator may not do this. Nothing was done.</summary>
internal sealed class AccessRefusedException(ModeratorRole needed, string? roomId = null) : Exception(roomId is null ? $"This needs the role {needed}." : $"This needs the role {needed} in {roomId}.");
