using System.ComponentModel.DataAnnotations;
using Presence.Engine;

namespace Presence.Dashboard.Hosting;

/// <summary>What an operator may configure, read once at start from <c>Presence__*</c>. See docs/configuration.md.</summary>
public sealed class DashboardOptions
{
    public const string Section = "Presence";

    /// <summary>The data folder: database, keys, set-up link. A demo keeps its own, <c>demo</c> below the configured one.</summary>
    public string Data { get; set; } = "./data";

    /// <summary>Runs synthetic viewers through the HTTP API, under a banner.</summary>
    public bool Demo { get; set; }

    /// <summary>Measures how long pages take to show what happens, with a viewer of the server's own that nothing counts.</summary>
    public bool Canary { get; set; } = true;

    public ClientsOptions Clients { get; } = new();
    public ServerOptions Server { get; } = new();
    public SetupOptions Setup { get; } = new();
    public InitialOptions Initial { get; } = new();
    public HttpOptions Http { get; } = new();
    public SignInOptions SignIn { get; } = new();
    public UsersOptions Users { get; } = new();
    public UnverifiedOptions Unverified { get; } = new();
    public OutboundOptions Outbound { get; } = new();
    public MetricsOptions Metrics { get; } = new();
    public BackupOptions Backup { get; } = new();
    public LimitsOptions Limits { get; } = new();

    /// <summary>Viewers' clients.</summary>
    public sealed class ClientsOptions
    {
        /// <summary>The public client key apps send as X-API-Key, 1..128 printable characters; made at first start when unset.</summary>
        public string? Key { get; set; }

        /// <summary>Login with the client key and any userId. Unless said, in Development and demo only.</summary>
        public bool AllowUnverifiedLogin { get; set; }

        /// <summary>Visitor login. Unless said, in Development and demo only.</summary>
        public bool AllowGuests { get; set; }

        /// <summary>Browser origins allowed by CORS; any when empty.</summary>
        public string[] Origins { get; set; } = [];

        /// <summary>How long an access token lives; 1 hour to 400 days.</summary>
        public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromDays(30);

        public JwtOptions Jwt { get; } = new();
    }

    /// <summary>Tokens that the customer's backend signs. Taken as soon as there is a key to check them with.</summary>
    public sealed class JwtOptions
    {
        /// <summary>For HS256: the shared secret, 32 bytes or more as UTF-8.</summary>
        public string? Secret { get; set; }

        /// <summary>For RS256 or ES256: a public key, as PEM text or as the path of a PEM file.</summary>
        public string? PublicKey { get; set; }

        /// <summary>For RS256 and ES256: where the signer publishes its keys.</summary>
        public string? JwksUrl { get; set; }

        /// <summary>What <c>iss</c> must be; not looked at when null.</summary>
        public string? Issuer { get; set; }

        /// <summary>What <c>aud</c> must name; not looked at when null.</summary>
        public string? Audience { get; set; }
    }

    /// <summary>The customer's backend.</summary>
    public sealed class ServerOptions
    {
        /// <summary>A server key with every scope, 32..128 printable characters; null for none.</summary>
        public string? Key { get; set; }
    }

    /// <summary>The first moderator, when not made through the set-up link.</summary>
    public sealed class SetupOptions
    {
        public string? AdminEmail { get; set; }
        public string? AdminPassword { get; set; }

        /// <summary>A file holding the password. Key: <c>Presence__Setup__AdminPassword_File</c>.</summary>
        public string? AdminPasswordFile { get; set; }
    }

    /// <summary>Presence settings of the first start only; afterwards the dashboard and the API own them. Seconds.</summary>
    public sealed class InitialOptions
    {
        public bool? Enabled { get; set; }
        public int? HeartbeatInterval { get; set; }
        public int? PresenceTimeout { get; set; }
    }

    public sealed class HttpOptions
    {
        /// <summary>The address people and clients use, such as https://presence.example.com.</summary>
        public string? PublicUrl { get; set; }

        /// <summary>Further host names that are served once <see cref="PublicUrl"/> is set, such as the one backends use inside.</summary>
        public string[] Hosts { get; set; } = [];

        /// <summary>Addresses or networks of reverse proxies whose forwarded headers count.</summary>
        public string[] KnownProxies { get; set; } = [];
    }

    /// <summary>How long moderators stay signed in.</summary>
    public sealed class SignInOptions
    {
        /// <summary>Without a visit; 5 minutes to 400 days.</summary>
        public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromDays(7);

        /// <summary>However often they come; no shorter than <see cref="IdleTimeout"/>, 400 days at most.</summary>
        public TimeSpan Lifetime { get; set; } = TimeSpan.FromDays(30);

        /// <summary>Whether accounts with a password may sign in; without, only the provider below.</summary>
        public bool LocalAccounts { get; set; } = true;

        public ProviderOptions OpenIdConnect { get; } = new();
    }

    /// <summary>Single sign-on at an OpenID Connect provider. On once it has an issuer.</summary>
    public sealed class ProviderOptions
    {
        /// <summary>The provider, as its metadata spell it: https, or http on this machine.</summary>
        public string? Issuer { get; set; }

        public string? ClientId { get; set; }
        public string? ClientSecret { get; set; }

        /// <summary>A file holding the secret. Key: <c>Presence__SignIn__OpenIdConnect__ClientSecret_File</c>.</summary>
        public string? ClientSecretFile { get; set; }

        /// <summary>What the button calls it.</summary>
        public string Name { get; set; } = "single sign-on";

        public string[] Scopes { get; set; } = ["openid", "profile", "email"];

        /// <summary>The claim that lists a person's groups.</summary>
        public string RolesClaim { get; set; } = "groups";

        /// <summary>Values of that claim for each role; * for everybody.</summary>
        public string[] AdminGroups { get; set; } = [];

        public string[] ModeratorGroups { get; set; } = [];
        public string[] ObserverGroups { get; set; } = [];

        /// <summary>How long a session lasts, visited or not, until the provider is asked again; 5 minutes to 24 hours.</summary>
        public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(8);
    }

    /// <summary>What is kept of users, and how they are shown.</summary>
    public sealed class UsersOptions
    {
        /// <summary>How long a user is kept that is not used; 1 day to 3650 days.</summary>
        public TimeSpan KeepUnused { get; set; } = TimeSpan.FromDays(90);

        /// <summary>Whether this server fetches users' pictures, to show them.</summary>
        public bool Pictures { get; set; } = true;
    }

    /// <summary>From when unverified sessions with the pattern of machines are told apart. All of it is off unless said: people can have that pattern.</summary>
    public sealed class UnverifiedOptions
    {
        /// <summary>So many heartbeats in a row at the same distance, 5..1000; 0 for never.</summary>
        public int Heartbeats { get; set; }

        /// <summary>How far apart two distances may be to be the same, 1..5000.</summary>
        public int ToleranceMilliseconds { get; set; } = 50;

        /// <summary>More sessions than this of one address; 0 for never.</summary>
        public int SessionsPerAddress { get; set; }
    }

    /// <summary>Requests that this server sends to addresses others chose.</summary>
    public sealed class OutboundOptions
    {
        /// <summary>Private addresses and networks that may be called, besides all public ones.</summary>
        public string[] AllowedNetworks { get; set; } = [];
    }

    /// <summary>What the server measures.</summary>
    public sealed class MetricsOptions
    {
        /// <summary>Lets anyone read /metrics. For networks where only a collector can reach it.</summary>
        public bool Public { get; set; }
    }

    /// <summary>Copies of the database, taken while it is in use.</summary>
    public sealed class BackupOptions
    {
        /// <summary>Whether one is taken every night.</summary>
        public bool Nightly { get; set; } = true;

        /// <summary>The hour of the night, 0..23, by the server's own clock.</summary>
        public int Hour { get; set; } = 3;

        /// <summary>How many stay, 1..1000.</summary>
        public int Keep { get; set; } = 7;

        /// <summary>Where they go; <c>backups</c> in the data folder when null.</summary>
        public string? Folder { get; set; }
    }

    /// <summary>Caps (rule 14): the default of each and its range, which docs/configuration.md repeats. Properties are the keys.</summary>
    public sealed class LimitsOptions
    {
        private const int LargestCap = 100_000_000;
        private const int HighestRate = 1_000_000;

        /// <summary>The engine's own, where it keeps the cap.</summary>
        private static readonly PresenceLimits Engine = new();

        [Range(1, LargestCap)]
        public int Rooms { get; set; } = Engine.Rooms;

        [Range(1, LargestCap)]
        public int Sessions { get; set; } = Engine.Sessions;

        [Range(1, 1_000)]
        public int SessionsPerUserAndRoom { get; set; } = Engine.SessionsPerUserAndRoom;

        [Range(1, 10_000)]
        public int RoomsPerUser { get; set; } = Engine.RoomsPerUser;

        /// <summary>Of rooms, sessions and streams: the percentage that only server keys can take.</summary>
        [Range(0, 90)]
        public int ServerReserve { get; set; } = Engine.ServerReserve;

        /// <summary>What one address may hold; a quarter of the cap where nothing else is said.</summary>
        [Range(1, LargestCap)]
        public int RoomsPerAddress { get => field > 0 ? field : PresenceLimits.QuarterOf(Rooms); set; }

        [Range(1, LargestCap)]
        public int SessionsPerAddress { get => field > 0 ? field : PresenceLimits.QuarterOf(Sessions); set; }

        [Range(1, 100_000)]
        public int StreamsPerAddress { get => field > 0 ? field : PresenceLimits.QuarterOf(Streams); set; }

        [Range(1, 10_000_000)]
        public int ConnectionsPerAddress { get => field > 0 ? field : PresenceLimits.QuarterOf(Connections); set; }

        [Range(1, 1_000_000)]
        public int PageConnectionsPerAddress { get => field > 0 ? field : PresenceLimits.QuarterOf(PageConnections); set; }

        /// <summary>What one server key may hold; all but the reserve where nothing else is said.</summary>
        [Range(1, LargestCap)]
        public int RoomsPerServerKey { get => field > 0 ? field : WithoutReserve(Rooms); set; }

        [Range(1, LargestCap)]
        public int SessionsPerServerKey { get => field > 0 ? field : WithoutReserve(Sessions); set; }

        /// <summary>Pages one moderator's account may have open.</summary>
        [Range(1, 1_000_000)]
        public int PageConnectionsPerAccount { get; set; } = 100;

        /// <summary>Pages one account may open a second for long, and how many at once before that.</summary>
        [Range(1, HighestRate)]
        public int PageOpensPerSecond { get; set; } = 10;

        [Range(1, HighestRate)]
        public int PageOpenBurst { get; set; } = 200;

        /// <summary>Viewers, rooms or members one user's searches and orders may look at in a second for long, and how many at once before that.</summary>
        [Range(200, LargestCap)]
        public int ReadsPerSecond { get; set; } = 100_000;

        [Range(200, LargestCap)]
        public int ReadBurst { get; set; } = 1_000_000;

        /// <summary>Users and guests whose names and sign-ins are kept.</summary>
        [Range(100, LargestCap)]
        public int Users { get; set; } = 1_000_000;

        /// <summary>Heartbeats a second one session may send for long, and how many at once before that.</summary>
        [Range(1, HighestRate)]
        public int HeartbeatsPerSecond { get; set; } = 2;

        [Range(1, HighestRate)]
        public int HeartbeatBurst { get; set; } = 20;

        /// <summary>Logins a second one address may send for long, and how many at once before that.</summary>
        [Range(1, HighestRate)]
        public int LoginsPerSecond { get; set; } = 50;

        [Range(1, HighestRate)]
        public int LoginBurst { get; set; } = 500;

        /// <summary>Event streams one caller may have open, and all callers together.</summary>
        [Range(1, 100_000)]
        public int StreamsPerPrincipal { get; set; } = 10;

        [Range(1, 100_000)]
        public int Streams { get; set; } = 2_000;

        /// <summary>Guests never seen before, of one address.</summary>
        [Range(1, HighestRate)]
        public int NewGuestsPerSecond { get; set; } = 5;

        [Range(1, HighestRate)]
        public int NewGuestBurst { get; set; } = 500;

        /// <summary>Requests of one address whose credentials are no good.</summary>
        [Range(1, HighestRate)]
        public int FailuresPerSecond { get; set; } = 20;

        [Range(1, HighestRate)]
        public int FailureBurst { get; set; } = 200;

        /// <summary>Requests of one address that need no credentials, logins and health apart.</summary>
        [Range(1, HighestRate)]
        public int AnonymousPerSecond { get; set; } = 50;

        [Range(1, HighestRate)]
        public int AnonymousBurst { get; set; } = 500;

        /// <summary>Badges and counts read through public links, by one address.</summary>
        [Range(1, HighestRate)]
        public int BadgesPerSecond { get; set; } = 200;

        [Range(1, HighestRate)]
        public int BadgeBurst { get; set; } = 2_000;

        /// <summary>Passwords one address may try, or have hashed, a second for long, and how many at once before that.</summary>
        [Range(1, HighestRate)]
        public int SignInsPerSecond { get; set; } = 1;

        [Range(1, HighestRate)]
        public int SignInBurst { get; set; } = 20;

        /// <summary>Logouts of one address, and how many revoked tokens are kept until they would have expired.</summary>
        [Range(1, HighestRate)]
        public int LogoutsPerSecond { get; set; } = 5;

        [Range(1, HighestRate)]
        public int LogoutBurst { get; set; } = 500;

        [Range(1, LargestCap)]
        public int RevokedTokens { get; set; } = 1_000_000;

        /// <summary>Heartbeats of one address; 0 for no limit, since an audience may share one.</summary>
        [Range(0, HighestRate)]
        public int HeartbeatsPerSecondOfAddress { get; set; }

        [Range(1, HighestRate)]
        public int HeartbeatBurstOfAddress { get; set; } = 1_000;

        /// <summary>Connections open at once, and how many of them may be pages (WebSockets).</summary>
        [Range(10, 10_000_000)]
        public int Connections { get; set; } = 100_000;

        [Range(1, 1_000_000)]
        public int PageConnections { get; set; } = 5_000;

        /// <summary>What of a cap callers without a server key may take.</summary>
        public int WithoutReserve(int cap) => new PresenceLimits { ServerReserve = ServerReserve }.WithoutReserve(cap);
    }
}
