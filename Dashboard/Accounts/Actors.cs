using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Presence.Dashboard.Api;
using Presence.Dashboard.Authentication;
using Presence.Engine.Audit;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Accounts;

/// <summary>Hashes of addresses for the audit log, with a key of this server: who reads the log can compare addresses and learn none.</summary>
internal sealed class AddressHashes(KeyFolder keys)
{
    public const string FileName = "audit-address.key";

    private const int HashBytes = 8;

    private readonly byte[] _key = keys.Secret(FileName);

    /// <summary>16 digits; null for no address. An IPv6 client counts by its network, as for limits.</summary>
    public string? Of(IPAddress? address) =>
        address is null ? null : Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(ClientAddress.Of(address))).AsSpan(0, HashBytes));
}

/// <summary>Who acts, as the audit log names them.</summary>
internal static class Actors
{
    /// <summary>The claim with the hash of the address that a page or its circuit came from. It is renewed with each request, and stored nowhere.</summary>
    public const string AddressClaim = "presence:address";

    /// <summary>Who can read the data folder.</summary>
    public static readonly Actor CommandLine = new("the command line");

    /// <summary>The signed-in moderator.</summary>
    public static Actor Actor(this ClaimsPrincipal moderator) =>
        new(moderator.FindFirstValue(ClaimTypes.Email) ?? moderator.Identity?.Name ?? "", ActorKind.Moderator, moderator.FindFirstValue(AddressClaim));

    /// <summary>Somebody who is not signed in yet, or whose request is no page's.</summary>
    public static Actor Actor(this HttpContext http, string email) =>
        new(email, ActorKind.Moderator, http.RequestServices.GetRequiredService<AddressHashes>().Of(http.Connection.RemoteIpAddress));

    /// <summary>The server key of a request of the API.</summary>
    public static Actor Actor(this HttpContext http) =>
        new(http.Caller().Name, ActorKind.ServerKey, http.RequestServices.GetRequiredService<AddressHashes>().Of(http.Connection.RemoteIpAddress));

    /// <summary>Notes where a principal comes from, for as long as the request or its circuit lasts.</summary>
    public static void NoteAddress(this ClaimsPrincipal moderator, HttpContext http)
    {
        if (moderator.Identity is not ClaimsIdentity identity || http.RequestServices.GetRequiredService<AddressHashes>().Of(http.Connection.RemoteIpAddress) is not { } hash)
            return;
        foreach (var earlier in identity.FindAll(AddressClaim).ToArray())
            identity.RemoveClaim(earlier);
        identity.AddClaim(new Claim(AddressClaim, hash));
    }
}

/// <summary>Sign-ins that failed: counted, and recorded once a minute. A row for each would let anybody fill the log.</summary>
internal sealed class FailedSignIns(PresenceDatabase database, TimeProvider time)
{
    private int _count;

    public void Note() => Interlocked.Increment(ref _count);

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var count = Volatile.Read(ref _count);
        if (count == 0)
            return;
        await using var context = database.CreateDbContext();
        await context.RecordAloneAsync(new AuditEntry(AuditActs.SignInsFailed, Presence.Engine.Audit.Actor.Server) { New = AuditEntry.Values(("count", count)) }, time.GetUtcNow(), cancellationToken);
        Interlocked.Add(ref _count, -count);
    }
}
