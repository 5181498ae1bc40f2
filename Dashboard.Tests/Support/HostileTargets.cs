using System.Net;

namespace Presence.Dashboard.Tests.Support;

/// <summary>Targets that strangers can name and that must never be called, whatever calls them.</summary>
internal static class HostileTargets
{
    /// <summary>Ways to say an address that must not be called, or to make a parser believe that another one is meant.</summary>
    private static readonly string[] Hosts =
    [
        // this machine
        "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "0x7f.0x0.0x0.0x1", "127.255.255.254", "127.1.1.1", "0x7f010101",
        "0", "0.0.0.0", "0.1.2.3", "localhost", "LOCALHOST", "localhost.", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]",
        // digits that are no ASCII
        "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1", "ⓛocalhost", "①②⑦。⓪。⓪。①",
        // clouds' metadata and hosts
        "169.254.169.254", "0xa9fea9fe", "2852039166", "025177524776", "169.254.43518", "0xa9.0xfe.0xa9.0xfe", "169.254.170.2", "168.63.129.16", "[fd00:ec2::254]", "[::ffff:169.254.169.254]", "100.100.100.200",
        // private and shared
        "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "100.64.0.1", "100.127.255.255", "198.18.0.1", "198.19.255.255", "[fc00::1]", "[fdff::1]", "[::ffff:c0a8:101]", "[::ffff:10.0.0.1]", "[::10.0.0.1]",
        "[fe80::1]", "[fec0::1]",
        // documentation, benchmarking, relays, reserved
        "192.0.0.1", "192.0.2.1", "192.88.99.1", "198.51.100.1", "203.0.113.1", "240.0.0.1", "255.255.255.255", "224.0.0.1", "239.255.255.255", "[ff02::1]", "[2001:db8::1]", "[3fff::1]", "[100::1]", "[4000::1]", "[5f00::1]", "[e000::1]",
        // IPv4 within IPv6: NAT64, 6to4, Teredo
        "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:a00:1::1]", "[2001::1]", "[2001:0:7f00:1::]", "[2001:10::1]", "[2001:20::1]",
        // names
        "private.test", "private6.test", "mapped.test", "mixed.test", "mixed6.test", "metadata.test", "none.test",
    ];

    private static readonly string[] Others =
    [
        "http://93.184.215.14/", "ws://93.184.215.14/", "wss://93.184.215.14/", "ftp://93.184.215.14/", "file:///etc/passwd", "gopher://93.184.215.14/", "data:image/png;base64,AAAA", "javascript:alert(1)",
        "https://user@93.184.215.14/", "https://user:password@93.184.215.14/", "https://93.184.215.14@127.0.0.1/", "https://93.184.215.14:443@127.0.0.1:443/", "https://127.0.0.1#@93.184.215.14/",
        @"https://93.184.215.14\@127.0.0.1/", "https://127.0.0.1:443/", "https:///127.0.0.1/", "https://%31%32%37.0.0.1/", "https://127.0.0.1%2540/", "https:127.0.0.1", "https://127.0.0.1\t/", "//127.0.0.1/",
    ];

    private static readonly Dictionary<string, string[]> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["private.test"] = ["10.1.2.3"],
        ["private6.test"] = ["fd00::1"],
        ["mapped.test"] = ["::ffff:192.168.1.1"],
        ["mixed.test"] = ["93.184.215.14", "127.0.0.1"],
        ["mixed6.test"] = ["2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::1"],
        ["metadata.test"] = ["169.254.169.254"],
        ["none.test"] = [],
    };

    /// <summary>All of them; hosts both at the usual port and at one where somebody listens.</summary>
    public static IEnumerable<string> Urls(int port) => Hosts.SelectMany(host => new[] { $"https://{host}/", $"https://{host}:{port}/" }).Concat(Others);

    public static Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        Names.TryGetValue(host, out var addresses) ? Task.FromResult(addresses.Select(IPAddress.Parse).ToArray()) : Dns.GetHostAddressesAsync(host, cancellationToken);
}
