namespace Presence.Engine.Rooms;

/// <summary>Where a viewer's heartbeats come from, as shares count it: an address, or a server key. The default is nowhere in particular, and has no share.</summary>
/// <remarks>Told apart by 64 bits and the kind. What they are made of is the host's to say.</remarks>
public readonly record struct ViewerOrigin
{
    private readonly Kind _kind;

    private ViewerOrigin(Kind kind, ulong bits) => (_kind, Bits) = (kind, bits);

    private enum Kind : byte
    {
        Unknown,
        AddressV4,
        AddressV6,
        ServerKey,
    }

    /// <summary>The address or the key.</summary>
    public ulong Bits { get; }

    /// <summary>Whether it is an address: it has a share, and the reserve for server keys is closed to it.</summary>
    public bool IsAddress => _kind is Kind.AddressV4 or Kind.AddressV6;

    /// <summary>Whether it is a server key: it has a larger share.</summary>
    public bool IsServerKey => _kind == Kind.ServerKey;

    /// <summary>An IPv4 address, or the network of 64 bits of an IPv6 address.</summary>
    public static ViewerOrigin Address(bool isV6, ulong bits) => new(isV6 ? Kind.AddressV6 : Kind.AddressV4, bits);

    /// <summary>A server key, by its number or a hash of its id.</summary>
    public static ViewerOrigin ServerKey(ulong key) => new(Kind.ServerKey, key);
}
