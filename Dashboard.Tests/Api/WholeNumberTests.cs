using System.Text;
using System.Text.Json;
using Presence.Dashboard.Api;

namespace Presence.Dashboard.Tests.Api;

public sealed class WholeNumberTests
{
    [Theory]
    [InlineData("1.0", 1)]
    [InlineData("30.000", 30)]
    [InlineData("1e0", 1)]
    [InlineData("3E+1", 30)]
    [InlineData("300e-1", 30)]
    [InlineData("0.03e3", 30)]
    [InlineData("-0", 0)]
    [InlineData("-0.0", 0)]
    [InlineData("-7.0", -7)]
    [InlineData("0e999999999999", 0)]
    [InlineData("0.0e-999999999999", 0)]
    [InlineData("2147483647.0", int.MaxValue)]
    [InlineData("-2147483648.0", int.MinValue)]
    public void Read_OfAWholeNumberHoweverWritten_IsThatNumber(string json, int number) => Assert.Equal(number, Read(json));

    [Theory]
    [InlineData("1.5")]
    [InlineData("0.1")]
    [InlineData("1e-1")]
    [InlineData("1.00000000000000000000000000000000000001")]
    [InlineData("1e-400")]
    [InlineData("1e400")]
    [InlineData("1e999999999999")]
    [InlineData("1e-999999999999")]
    [InlineData("2147483648")]
    [InlineData("2147483648.0")]
    [InlineData("1e10")]
    [InlineData("99999999999999999999")]
    [InlineData("\"1\"")]
    [InlineData("true")]
    public void Read_OfAnythingElse_IsRefusedAtItsMember(string json) =>
        Assert.Equal("$.settingsVersion", Assert.Throws<JsonException>(() => Read(json)).Path);

    [Fact]
    public void Read_OfARowOfDigits_IsExact()
    {
        Assert.Equal(12, Read("12." + new string('0', 10_000)));
        Assert.Equal(12, Read("0." + new string('0', 9_998) + "12e10000"));
        Assert.Equal(12, Read("12" + new string('0', 10_000) + "e-10000"));
        Assert.Throws<JsonException>(() => Read("12." + new string('0', 10_000) + "1"));
        Assert.Throws<JsonException>(() => Read(new string('9', 10_000)));
    }

    private static int? Read(string number) =>
        JsonSerializer.Deserialize(Encoding.UTF8.GetBytes($$"""{"settingsVersion":{{number}}}"""), ApiJson.Documents.HeartbeatRequest)!.SettingsVersion;
}
