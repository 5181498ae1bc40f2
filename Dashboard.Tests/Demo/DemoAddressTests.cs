using Presence.Dashboard.Demo;

namespace Presence.Dashboard.Tests.Demo;

public sealed class DemoAddressTests
{
    [Theory]
    [InlineData("http://localhost:5080", "http://localhost:5080/")]
    [InlineData("http://+:8080", "http://localhost:8080/")]
    [InlineData("http://[::]:8080", "http://localhost:8080/")]
    [InlineData("http://127.0.0.1:5080", "http://127.0.0.1:5080/")]
    public void Of_PlainAddress_IsReachableFromHere(string listening, string reached) =>
        Assert.Equal(new Uri(reached), DemoAddress.Of(["https://localhost:5443", listening]));

    [Fact]
    public void Of_OnlyTls_IsNone() => Assert.Null(DemoAddress.Of(["https://localhost:5443"]));
}
