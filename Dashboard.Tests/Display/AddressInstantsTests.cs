using Presence.Dashboard.Display;

namespace Presence.Dashboard.Tests.Display;

public sealed class AddressInstantsTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 22, 9, 15, 42, TimeSpan.FromHours(1));

    [Fact]
    public void Write_OfAnInstant_IsReadBackAndEscapesNothing()
    {
        var text = AddressInstants.Write(At);

        Assert.Equal("20261122T081542Z", text);
        Assert.Equal(Uri.EscapeDataString(text!), text);
        Assert.Equal(At, AddressInstants.Read(text));
        Assert.Null(AddressInstants.Write(null));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("now")]
    [InlineData("2026-11-22T08:15:42Z")]
    [InlineData("20261322T081542Z")]
    public void Read_OfWhatIsNone_IsNone(string? text) => Assert.Null(AddressInstants.Read(text));
}
