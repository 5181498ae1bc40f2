using System.Net;
using Microsoft.AspNetCore.Http;
using Presence.Dashboard.Accounts;

namespace Presence.Dashboard.Tests.Accounts;

public sealed class SmallPartsTests
{
    [Theory]
    [InlineData("/rooms/a?sort=name", "/rooms/a?sort=name")]
    [InlineData(null, "/")]
    [InlineData("", "/")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("/\t/evil.example", "/")]
    public void LocalOrHome_OfAnAddress_NeverLeavesTheDashboard(string? address, string expected) =>
        Assert.Equal(expected, ReturnUrl.LocalOrHome(address));

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    public void Of_AnAddress_CountsAnIPv6NetworkAsOne(string address, string expected) =>
        Assert.Equal(expected, ClientAddress.Of(IPAddress.Parse(address)));

    [Fact]
    public void SetupLink_AfterItWasOpenedAgain_KnowsOnlyTheNewToken()
    {
        var link = new SetupLink();
        Assert.False(link.Matches(null));
        link.Open();
        var first = link.PathAndQuery!.Split('=')[1];
        Assert.True(link.Matches(first));
        Assert.True(first.Length >= 43, "256 bits");

        link.Open();
        Assert.False(link.Matches(first));
        link.Close();

        Assert.False(link.IsOpen);
        Assert.Null(link.PathAndQuery);
    }

    [Theory]
    [InlineData("https", "__Host-presence-moderator")]
    [InlineData("http", "presence-moderator")]
    public void AppendResponseCookie_OverAScheme_NamesItAsBrowsersAccept(string scheme, string expected)
    {
        var http = new DefaultHttpContext { Request = { Scheme = scheme } };

        new SchemeAwareCookieManager().AppendResponseCookie(http, "presence-moderator", "value", new CookieOptions { Path = "/", Secure = scheme == "https" });

        Assert.StartsWith(expected + "=value", http.Response.Headers.SetCookie.ToString(), StringComparison.Ordinal);
    }
}
