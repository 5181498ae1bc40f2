using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Presence.Dashboard.Authentication;

/// <summary>What counts as one address: an IPv4 address, or an IPv6 network of 64 bits, which is what one subscriber gets.</summary>
internal readonly record struct AddressKey(bool IsV6, ulong Bits)
{
    public static AddressKey Of(IPAddress? address)
    {
        if (address is null)
            return default;
        Span<byte> bytes = stackalloc byte[16];
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new AddressKey(true, BinaryPrimitives.ReadUInt64BigEndian(bytes))
            : new AddressKey(false, BinaryPrimitives.ReadUInt32BigEndian(bytes));
    }
}
