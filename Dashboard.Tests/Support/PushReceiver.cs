using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Presence.Dashboard.Alerts;

namespace Presence.Dashboard.Tests.Support;

/// <summary>What a device shows.</summary>
/// <param name="Topic">Of the request: a later message with the same topic takes its place.</param>
/// <param name="Text">As the service worker gets it.</param>
internal sealed record PushedMessage(string Topic, string Text)
{
    public string Title => JsonNode.Parse(Text)!["title"]!.GetValue<string>();
}

/// <summary>
/// A push service and the browser behind it: subscriptions of its own, a check of who sends (VAPID, RFC 8292), and decryption (RFC 8291, aes128gcm).
/// It shares no code with the sender.
/// </summary>
internal sealed class PushReceiver : IAsyncDisposable
{
    private readonly ECDiffieHellman _browser = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(16);
    private readonly ConcurrentQueue<PushedMessage> _shown = [];
    private readonly ConcurrentQueue<string> _problems = [];

    private PushReceiver(HostileHttpsServer server) => Server = server;

    public HostileHttpsServer Server { get; }

    /// <summary>The key that subscriptions are of; messages signed by another are refused.</summary>
    public string ServerKey { get; set; } = "";

    /// <summary>What it answers; only messages answered with 201 are shown.</summary>
    public int Answer { get; set; } = StatusCodes.Status201Created;

    public IReadOnlyList<PushedMessage> Shown => [.. _shown];

    /// <summary>What was wrong with messages.</summary>
    public IReadOnlyCollection<string> Problems => _problems;

    public static async Task<PushReceiver> StartAsync()
    {
        var receiver = new PushReceiver(await HostileHttpsServer.StartAsync());
        foreach (var path in (string[])["push-1", "push-2"])
            receiver.Server.Answer(path, receiver.ReceiveAsync);
        return receiver;
    }

    /// <summary>A subscription, as a browser makes one.</summary>
    public PushSubscriptionRequest Subscription(int number = 1) => new(Server.UrlOf($"push-{number}"), Base64Url.EncodeToString(PointOf(_browser.ExportParameters(includePrivateParameters: false).Q)), Base64Url.EncodeToString(_secret), "Android");

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await Server.DisposeAsync();
    }

    private static byte[] PointOf(ECPoint point) => [0x04, .. point.X!, .. point.Y!];

    private static ECParameters KeyOf(byte[] point) => new() { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[1..33], Y = point[33..] } };

    private async Task ReceiveAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var headers = http.Request.Headers;
        if (await ProblemOfSenderAsync(headers.Authorization.ToString()) is { } problem)
        {
            _problems.Enqueue(problem);
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        if (Answer == StatusCodes.Status201Created)
        {
            if ((headers.ContentEncoding.ToString(), headers["Urgency"].ToString(), headers["TTL"].ToString()) is not ("aes128gcm", "high", "3600"))
                _problems.Enqueue($"{headers.ContentEncoding} {headers["Urgency"]} {headers["TTL"]}");
            _shown.Enqueue(new(headers["Topic"].ToString(), Decrypt(body.ToArray())));
        }
        http.Response.StatusCode = Answer;
        http.Response.Headers.RetryAfter = "60";
    }

    /// <summary>"vapid t=TOKEN, k=KEY": the key the subscription is of, and a token that it signed for this service.</summary>
    private async Task<string?> ProblemOfSenderAsync(string authorization)
    {
        if (!authorization.StartsWith("vapid ", StringComparison.Ordinal))
            return $"The scheme is not vapid: {authorization}";
        var parts = authorization["vapid ".Length..].Split(',').Select(part => part.Trim().Split('=', 2)).ToDictionary(part => part[0], part => part[1], StringComparer.Ordinal);
        if (parts["k"] != ServerKey)
            return "The key is another one.";
        using var sender = ECDsa.Create(KeyOf(Base64Url.DecodeFromChars(ServerKey)));
        var token = await new JsonWebTokenHandler().ValidateTokenAsync(parts["t"], new TokenValidationParameters
        {
            IssuerSigningKey = new ECDsaSecurityKey(sender),
            CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false }, // it would keep the key that is disposed here
            ValidAlgorithms = ["ES256"],
            ValidateIssuer = false,
            ValidAudience = "https://127.0.0.1",
            ValidateLifetime = false, // the sender's clock can be a test's
        });
        return token.IsValid && token.Claims.TryGetValue("sub", out var subject) && subject is string contact && contact.Length > 0 ? null : $"The token is not valid: {token.Exception?.Message}";
    }

    private string Decrypt(byte[] message)
    {
        var (salt, sender) = (message[..16], message[21..(21 + message[20])]);
        using var other = ECDiffieHellman.Create(KeyOf(sender));
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, _browser.DeriveRawSecretAgreement(other.PublicKey), 32, _secret, [.. "WebPush: info\0"u8, .. PointOf(_browser.ExportParameters(includePrivateParameters: false).Q), .. sender]);
        using var cipher = new AesGcm(HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 16, salt, [.. "Content-Encoding: aes128gcm\0"u8]), 16);
        var record = message[(21 + message[20])..];
        var text = new byte[record.Length - 16];
        cipher.Decrypt(HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 12, salt, [.. "Content-Encoding: nonce\0"u8]), record[..^16], record[^16..], text);
        return Encoding.UTF8.GetString(text[..Array.LastIndexOf(text, (byte)2)]); // a delimiter, then padding
    }
}
