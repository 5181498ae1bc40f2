using System.Security.Cryptography;
using System.Text;
using Presence.Dashboard.Api;
using Presence.Engine;
using Presence.Engine.Moderation;

namespace Presence.Dashboard.Authentication;

/// <summary>Devices that are banned with their user: whoever uses one is refused, whatever the user is called.</summary>
/// <remarks>
/// <para><b>Which.</b> A login names its device (<c>deviceId</c>), a customer's token its session (<c>sid</c>); the token carries it. A body's <c>sessionId</c> is never looked at.</para>
/// <para><b>Stored.</b> A keyed hash in the ban's row, which is erased with the person: no list says who used which device.</para>
/// <para><b>Cost.</b> A request compares two numbers, unless a ban that names devices is newer than the last look.</para>
/// </remarks>
internal sealed class BannedDevices(IPresence presence, AccessTokenCache tokens, KeyFolder keys)
{
    public const string FileName = "devices.key";

    private const int KeptBytes = 12;

    private readonly Lazy<byte[]> _secret = new(() => keys.Secret(FileName)); // with the first ban that names devices

    /// <summary>The devices of a user's tokens that were used lately, as a ban keeps them; null when none is known.</summary>
    public string? Of(string userId) => DeviceBans.Join(tokens.Of(userId).Select(caller => caller.DeviceId).OfType<string>().Select(HashOf));

    /// <summary>Why a caller's device may do nothing here; null for every other.</summary>
    public ApiProblem? ProblemOf(ClientPrincipal caller)
    {
        var version = presence.DeviceBanVersion; // read before the look, so that a ban in between is found next time
        if (caller.DeviceBansSeen == version || caller.DeviceId is not { } device)
            return null;
        if (ProblemOf(device) is { } problem)
            return problem;
        caller.DeviceBansSeen = version;
        return null;
    }

    /// <summary>The same of a device that logs in.</summary>
    public ApiProblem? ProblemOf(string deviceId) =>
        presence.DeviceBanVersion > 0 && presence.RemovalOfDevice(HashOf(deviceId)) is { } ban ? ApiProblem.OfDevice(ban) : null;

    private string HashOf(string deviceId)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret.Value, Encoding.UTF8.GetBytes(deviceId), hash);
        return Convert.ToHexStringLower(hash[..KeptBytes]);
    }
}
