using System.Net;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Authentication;

/// <summary>How much callers may look at: reads whose cost grows with a room, such as searches and orders by name.</summary>
/// <remarks>
/// By user, whatever token it comes with. Guests are made quickly, so all users of an address together may read ten times
/// as much as one. So may a server key, which reads for a whole backend.
/// </remarks>
internal sealed class ReadPace(DashboardOptions.LimitsOptions limits, TimeProvider time)
{
    /// <summary>How much more an address or a server key may read than a user.</summary>
    public const int Many = 10;

    /// <summary>What every page of a list may cost: less is not counted.</summary>
    private const int Free = Presence.Engine.PresenceLimits.Page;

    private readonly KeyedPace<string> _users = new(new PaceLimit(time, limits.ReadsPerSecond, limits.ReadBurst), time);
    private readonly KeyedPace<string> _serverKeys = new(new PaceLimit(time, limits.ReadsPerSecond * Many, limits.ReadBurst * Many), time);
    private readonly KeyedPace<AddressKey> _addresses = new(new PaceLimit(time, limits.ReadsPerSecond * Many, limits.ReadBurst * Many), time);

    /// <summary>Takes a read from the buckets of its caller.</summary>
    /// <param name="caller">Who reads.</param>
    /// <param name="address">From where.</param>
    /// <param name="cost">How many viewers, rooms or members are looked at.</param>
    /// <param name="wait">When refused: how long until the next would pass.</param>
    public bool TryTake(ClientPrincipal caller, IPAddress? address, int cost, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (cost <= Free)
            return true;
        return caller.IsServer
            ? _serverKeys.TryTake(caller.TokenId, cost, out wait)
            : _users.TryTake(caller.UserId, cost, out wait) && (address is null || _addresses.TryTake(AddressKey.Of(address), cost, out wait));
    }
}
