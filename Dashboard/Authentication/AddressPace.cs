using System.Net;

namespace Presence.Dashboard.Authentication;

/// <summary>Limits how fast one address may do something.</summary>
internal sealed class AddressPace(PaceLimit limit, TimeProvider time) : KeyedPace<AddressKey>(limit, time)
{
    /// <inheritdoc cref="PaceLimit.TryTake(ref long, int, out TimeSpan)"/>
    public bool TryTake(IPAddress? address, out TimeSpan wait) => TryTake(AddressKey.Of(address), cost: 1, out wait);

    /// <inheritdoc cref="PaceLimit.GiveBack"/>
    public void GiveBack(IPAddress? address) => GiveBack(AddressKey.Of(address));
}
