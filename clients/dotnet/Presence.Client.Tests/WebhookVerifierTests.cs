using System.Text;
using Presence.Client.Server;
using Presence.Dashboard.Webhooks;
using Presence.Engine.Tests.Support;

namespace Presence.Client.Tests;

public sealed class WebhookVerifierTests
{
    private const string Old = "whsec_3kT0aQxY7Zc1vB5nM8sD2fG4hJ6kL9pR0tW3eU7iO1A=";
    private const string New = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"type":"room.live","timestamp":"2026-11-21T22:40:00.000Z","data":{"roomId":"café"}}""");

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Verify_WebhookOfTheServer_IsTrueWithEitherSecretOfARotation()
    {
        var (id, timestamp, signature) = Sign(Old, New);

        Assert.All([Old, New], secret => Assert.True(new WebhookVerifier(secret, _time).Verify(id, timestamp, signature, Body)));
        Assert.True(new WebhookVerifier(New, _time).Verify(id, timestamp, $"v1a,AAAA not-base64 v1,?? {signature}", Body));
    }

    [Fact]
    public void Verify_AnythingElse_IsFalse()
    {
        var (id, timestamp, signature) = Sign(Old);
        var verifier = new WebhookVerifier(Old, _time);

        Assert.False(new WebhookVerifier(New, _time).Verify(id, timestamp, signature, Body));
        Assert.False(verifier.Verify(id + "x", timestamp, signature, Body));
        Assert.False(verifier.Verify(id, timestamp + "0", signature, Body));
        Assert.False(verifier.Verify(id, "-" + timestamp, signature, Body));
        Assert.False(verifier.Verify(id, timestamp, signature, [.. Body, 32]));
        Assert.False(verifier.Verify(id, timestamp, signature[..^4], Body));
        Assert.False(verifier.Verify(id, timestamp, "v2" + signature[2..], Body));
        Assert.All([null, ""], missing => Assert.False(verifier.Verify(missing, timestamp, signature, Body) || verifier.Verify(id, missing, signature, Body) || verifier.Verify(id, timestamp, missing, Body)));
    }

    [Theory]
    [InlineData(-301, false)]
    [InlineData(-300, true)]
    [InlineData(300, true)]
    [InlineData(301, false)]
    public void Verify_OldOrNewWebhook_IsTrueWithinFiveMinutes(int seconds, bool isTrue)
    {
        var (id, timestamp, signature) = Sign(Old);
        _time.SetUtcNow(_time.GetUtcNow().AddSeconds(seconds));

        Assert.Equal(isTrue, new WebhookVerifier(Old, _time).Verify(id, timestamp, signature, Body));
    }

    [Theory]
    [InlineData("whsec_AAAA")]
    [InlineData("whsec_no base64!")]
    public void Secret_ThatIsNone_IsRefused(string secret) => Assert.Throws<FormatException>(() => new WebhookVerifier(secret));

    private (string Id, string Timestamp, string Signature) Sign(params string[] secrets)
    {
        var headers = WebhookSignature.Headers(secrets, "evt_1", _time.GetUtcNow(), Body).ToDictionary(header => header.Name, header => header.Value);
        return ("evt_1", headers["webhook-timestamp"], headers["webhook-signature"]);
    }
}
