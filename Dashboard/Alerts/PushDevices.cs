using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Alerts;

/// <summary>The pair of keys by which push services know this server. A new pair makes every subscription worthless.</summary>
/// <remarks>Made or read when first asked for: no key may be there before the database is.</remarks>
internal sealed class VapidKeys(KeyFolder folder)
{
    public const string FileName = "web-push.key";

    private const int PointBytes = 65;
    private const int ScalarBytes = 32;

    private readonly Lazy<(string Public, string Private)> _pair = new(() =>
    {
        folder.Text(FileName, Make);
        return Read(folder)!.Value;
    });

    /// <summary>What browsers subscribe with: a point of P-256, in base64url.</summary>
    public string PublicKey => _pair.Value.Public;

    public string PrivateKey => _pair.Value.Private;

    /// <summary>The stored pair; null when there is none.</summary>
    /// <exception cref="Presence.Engine.StartupException">The file holds something else, or cannot be read.</exception>
    public static (string Public, string Private)? Read(KeyFolder folder)
    {
        if (folder.Read(FileName) is not { } text)
            return null;
        return text.Split(' ') is [var point, var scalar] && IsOf(point, PointBytes) && IsOf(scalar, ScalarBytes) ? (point, scalar) : throw folder.Damaged(FileName);
    }

    private static bool IsOf(string text, int bytes) => Base64Url.IsValid(text, out var length) && length == bytes;

    private static string Make()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = pair.ExportParameters(includePrivateParameters: true);
        return Base64Url.EncodeToString([0x04, .. key.Q.X!, .. key.Q.Y!]) + " " + Base64Url.EncodeToString(key.D);
    }
}

/// <summary>A browser that wants to be told while none of its tabs is open: a phone, mostly.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Name">What the browser says it runs on.</param>
/// <param name="Endpoint">Where its push service takes messages for it.</param>
/// <param name="PublicKey">What messages are encrypted for.</param>
/// <param name="Secret">What they are encrypted with.</param>
/// <param name="ServerKey">The server's public key it subscribed with; under another one nothing reaches it.</param>
/// <param name="AddedAt">When it was added.</param>
/// <param name="ReachedAt">When its push service last took a message; null for never.</param>
/// <param name="EndedAt">When its push service said that the subscription has ended; null while it has not.</param>
internal sealed record PushDevice(string Id, string Name, string Endpoint, string PublicKey, string Secret, string ServerKey, DateTimeOffset AddedAt, DateTimeOffset? ReachedAt, DateTimeOffset? EndedAt = null);

/// <summary>A subscription as a browser made it: a stranger's input.</summary>
/// <param name="Endpoint">Where its push service takes messages for it.</param>
/// <param name="P256dh">What messages are encrypted for: a point of P-256, in base64url.</param>
/// <param name="Auth">What they are encrypted with: 16 bytes, in base64url.</param>
/// <param name="Name">What the browser runs on.</param>
internal sealed record PushSubscriptionRequest(string? Endpoint, string? P256dh, string? Auth, string? Name)
{
    private const int LongestEndpoint = 1_000;
    private const int LongestName = 60;

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public string? Problem
    {
        get
        {
            if (Endpoint is not { Length: > 0 and <= LongestEndpoint } || !Uri.TryCreate(Endpoint, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps || uri.UserInfo.Length > 0)
                return $"endpoint must be an https URL of at most {LongestEndpoint} characters.";
            if (!IsPoint(P256dh))
                return "p256dh must be a point of the curve P-256: 65 bytes in base64url.";
            return Auth is not null && Base64Url.IsValid(Auth, out var bytes) && bytes == 16 ? null : "auth must be 16 bytes in base64url.";
        }
    }

    public PushDevice ToDevice(string serverKey, DateTimeOffset at) =>
        new("device_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), string.IsNullOrWhiteSpace(Name) ? "?" : Name[..Math.Min(Name.Length, LongestName)], Endpoint!, P256dh!, Auth!, serverKey, at, ReachedAt: null);

    private static bool IsPoint(string? text)
    {
        if (text is null || !Base64Url.IsValid(text, out var length) || length != 65 || Base64Url.DecodeFromChars(text) is not [0x04, .. var coordinates])
            return false;
        try
        {
            using var key = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = coordinates[..32], Y = coordinates[32..] } });
            return true;
        }
        catch (CryptographicException)
        {
            return false; // not on the curve
        }
    }
}

/// <summary>Every moderator's devices.</summary>
/// <remarks><b>Bound.</b> <see cref="Most"/> of an account.</remarks>
internal sealed class PushDevices(AccountValues values, VapidKeys keys, TimeProvider time)
{
    public const int Most = 10;

    private static readonly AccountValue<IReadOnlyList<PushDevice>> Value = new(
        "push-devices", stored => stored is null ? [] : JsonSerializer.Deserialize<PushDevice[]>(stored) ?? [], devices => JsonSerializer.Serialize(devices));

    public ValueTask<IReadOnlyList<PushDevice>> ReadAsync(string accountId) => values.ReadAsync(accountId, Value);

    /// <summary>The devices of every account that may sign in, with what it may do.</summary>
    public Task<IReadOnlyList<(string AccountId, ModeratorAccess Access, IReadOnlyList<PushDevice> Value)>> ListAsync(CancellationToken cancellationToken) => values.ListAsync(Value, cancellationToken);

    /// <summary>Adds a device, or puts the new subscription of one in place of its old one.</summary>
    /// <returns>What is wrong with the subscription; null when it was added.</returns>
    public async Task<string?> AddAsync(string accountId, PushSubscriptionRequest subscription, string? replaced = null)
    {
        if (subscription.Problem is { } problem)
            return problem;
        var isFull = false;
        await values.ChangeAsync(accountId, Value, before =>
        {
            var device = subscription.ToDevice(keys.PublicKey, time.GetUtcNow());
            PushDevice[] others = [.. before.Where(known => known.Endpoint != device.Endpoint && known.Endpoint != replaced)];
            isFull = others.Length >= Most;
            return isFull ? before : [.. others, device];
        });
        return isFull ? $"The limit of {Most} devices is reached. Remove one first." : null;
    }

    /// <summary>Whether messages can reach a device. Otherwise its browser has to subscribe anew, which it does at its next visit.</summary>
    public bool CanReach(PushDevice device) => device.EndedAt is null && device.ServerKey == keys.PublicKey;

    public Task RemoveAsync(string accountId, string id) =>
        values.ChangeAsync(accountId, Value, before => before.Any(device => device.Id == id) ? [.. before.Where(device => device.Id != id)] : before);

    /// <summary>Notes that a device's push service took a message.</summary>
    public Task ReachedAsync(string accountId, string id) => ChangeAsync(accountId, id, device => device with { ReachedAt = time.GetUtcNow() });

    /// <summary>Notes that a device's subscription has ended. It stays listed, so that nobody takes it for reached.</summary>
    public Task EndedAsync(string accountId, string id) => ChangeAsync(accountId, id, device => device with { EndedAt = time.GetUtcNow() });

    private Task ChangeAsync(string accountId, string id, Func<PushDevice, PushDevice> change) =>
        values.ChangeAsync(accountId, Value, before => before.Any(device => device.Id == id) ? [.. before.Select(device => device.Id == id ? change(device) : device)] : before);
}
