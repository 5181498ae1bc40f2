using System.Buffers.Binary;
using System.Net;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Authentication;

/// <summary>What counts as one address: an IPv4 address, or an IPv6 network of 64 bits, which is what one subscriber gets.</summary>
internal readonly record struct AddressKey(bool IsV6, ulong Bits)
{
    private const int V4Length = 4;
    private const int V4InV6 = 12;

    /// <summary>Allocates nothing: a heartbeat asks for it.</summary>
    public static AddressKey Of(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address is null || !address.TryWriteBytes(bytes, out var length))
            return default;
        if (length == V4Length)
            return new AddressKey(false, BinaryPrimitives.ReadUInt32BigEndian(bytes));
        return address.IsIPv4MappedToIPv6
            ? new AddressKey(false, BinaryPrimitives.ReadUInt32BigEndian(bytes[V4InV6..]))
            : new AddressKey(true, BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }

    /// <summary>In whose share a viewer of this address counts; nobody's where the address is unknown, as behind a unix socket.</summary>
    public static ViewerOrigin OriginOf(IPAddress? address) => address is null ? default : Of(address) is var key ? ViewerOrigin.Address(key.IsV6, key.Bits) : default;
}
