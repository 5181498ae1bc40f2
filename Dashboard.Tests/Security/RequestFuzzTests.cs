using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Presence.Dashboard.Tests.Api;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Security;

/// <summary>
/// Malformed requests of every kind, byte by byte: 5,000 of them, a million with PRESENCE_FULL=1. Whatever comes, the answer
/// is a documented refusal or none, and the server is afterwards as it was before.
/// </summary>
[Collection(nameof(HeartbeatBytesTests))] // it weighs the process: no other test may run meanwhile
public sealed partial class RequestFuzzTests
{
    private const int Seed = 20260401;
    private const int Workers = 8;
    private const int UnknownVersion = 505; // what HTTP itself wants said to HTTP/0.9
    private const string SpeaksHttp1 = "\0\0\b\a\0\0\0\0\0\0\0\0\0\0\0\0\r"; // the frame that ends HTTP/2 where only HTTP/1.1 is spoken
    private const int WaitsForMore = 30; // milliseconds
    private const int MostProblems = 5;
    private const int WarmUp = 1_000;
    private const long MostGrowth = 20 * 1024 * 1024;

    private static readonly int Requests = ProofLength.IsFull ? 1_000_000 : 5_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<string> _problems = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_UnderMalformedRequestsOfEveryKind_AnswersNoFaultLogsNoneAndKeepsNoMemory()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            Environment = "Production",
            Configuration =
            {
                ["Presence:Clients:AllowUnverifiedLogin"] = "true",
                ["Presence:Clients:AllowGuests"] = "true",
                ["Presence:Clients:Jwt:Secret"] = TokenForge.Secret,
                ["Presence:Limits:FailureBurst"] = "1000000",
                ["Presence:Limits:HeartbeatBurst"] = "1000000",
                ["Presence:Limits:AnonymousBurst"] = "1000000",
                ["Presence:Limits:SignInBurst"] = "10000",
            },
        });
        string[] credentials = [await host.TokenAsync("fuzz"), DashboardHost.ServerKey, TokenForge.Hs256(TokenForge.Claims(TimeProvider.System, "fuzz")), "nonsense", "a.b.c", "pd_" + new string('0', 49)];
        var polite = await host.TokenAsync("polite");

        var alone = await BeatAsync(host, polite, until: Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, Cancel));
        await SendAsync(host, credentials, Seed - 1, WarmUp);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var sending = SendAsync(host, credentials, Seed, Requests);
        var meanwhile = await BeatAsync(host, polite, until: sending);
        var statuses = await sending;
        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;

        Report($"{Requests:N0} requests, seed {Seed}: {string.Join(", ", statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} x {pair.Value:N0}"))}");
        Report($"memory {growth / 1024.0:N0} KiB more, {host.Log.Lines.Count} lines logged; a polite client's p50 and p99 in ms: alone {alone}, meanwhile {meanwhile}");
        Assert.True(_problems.IsEmpty, string.Join("\n\n", _problems));
        Assert.DoesNotContain(host.Log.Lines, line => line.Level >= LogLevel.Error || line.Message.Contains("unhandled", StringComparison.OrdinalIgnoreCase));
        Assert.InRange(growth, long.MinValue, MostGrowth);
        Figure.Tell($"{Requests:N0} malformed requests: no fault, no error logged, {Math.Max(0, growth) / 1024:N0} KiB more memory");
        Assert.Equal(202, (await host.BeatAsync("lobby", polite)).Status);
    }

    private static void Report(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    /// <summary>Sends them from several connections at once and counts what came back; 0 for a connection closed without a word.</summary>
    private async Task<Dictionary<int, int>> SendAsync(DashboardHost host, string[] credentials, int seed, int count)
    {
        var counts = await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Factory.StartNew(
            () =>
        {
            var forge = new RequestForge(seed + (worker * 1_000), credentials);
            var statuses = new Dictionary<int, int>();
            for (var i = worker; i < count; i += Workers)
            {
                var request = forge.Next();
                var reply = Exchange(host, request);
                var status = Check(reply, request, seed, worker, i / Workers);
                statuses[status] = statuses.GetValueOrDefault(status) + 1;
            }
            return statuses;
        },
            Cancel,
            TaskCreationOptions.LongRunning, // threads of their own, for they wait for the server in turns
            TaskScheduler.Default)));
        return counts.SelectMany(one => one).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value));
    }

    private int Check(string reply, byte[] request, int seed, int worker, int number)
    {
        if (reply.Length == 0 || reply == SpeaksHttp1)
            return 0;
        var match = StatusLine().Match(reply);
        var status = match.Success ? int.Parse(match.Groups["status"].Value, System.Globalization.CultureInfo.InvariantCulture) : -1;
        var fault = status is < 100 or (>= 500 and not UnknownVersion) ? "is a fault"
            : reply.Contains("\nHTTP/1.1 500", StringComparison.Ordinal) ? "holds a fault"
            : status >= 400 && !HasTheShape(reply) ? "has another shape"
            : reply.Contains("   at ", StringComparison.Ordinal) ? "shows where the code is"
            : null;
        if (fault is not null && _problems.Count < MostProblems)
            _problems.Enqueue($"The reply {fault} (seed {seed}, worker {worker}, request {number}).\n\n{Encoding.Latin1.GetString(request)}\n\n{reply}");
        return status;
    }

    /// <summary>Whether the first of the replies is a refusal as documented: JSON of one shape, or no JSON.</summary>
    private static bool HasTheShape(string reply)
    {
        var head = reply.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var body = reply.AsSpan(head + 4);
        return !reply.AsSpan(0, head).Contains("application/json", StringComparison.OrdinalIgnoreCase)
            || body.IsEmpty
            || body.StartsWith("HTTP/1.", StringComparison.Ordinal) // to HEAD, and then to what followed it
            || body.StartsWith("{\"status\":\"error\",\"code\":", StringComparison.Ordinal);
    }

    /// <summary>
    /// Sends and reads until the server hangs up. Where it waits for more, it is told that no more will come; not before,
    /// for the server answers nobody who seems to have gone.
    /// </summary>
    private static string Exchange(DashboardHost host, byte[] request)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(host.BaseAddress.Host, host.BaseAddress.Port);
        socket.ReceiveTimeout = WaitsForMore;
        var reply = new StringBuilder();
        var buffer = new byte[8192];
        while (true)
        {
            try
            {
                if (reply.Length == 0 && socket.ReceiveTimeout == WaitsForMore)
                    socket.Send(request);
                while (socket.Receive(buffer) is > 0 and var length)
                    reply.Append(Encoding.Latin1.GetString(buffer, 0, length));
                return reply.ToString();
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock && socket.ReceiveTimeout == WaitsForMore)
            {
                socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
                socket.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
            {
                return reply.ToString(); // hung up on while still sending: what came before that counts
            }
        }
    }

    /// <summary>A client that does nothing wrong: how long its heartbeats take.</summary>
    private static async Task<string> BeatAsync(DashboardHost host, string token, Task until)
    {
        var took = new List<double>();
        while (!until.IsCompleted)
        {
            var began = Stopwatch.GetTimestamp();
            Assert.Equal(202, (await host.BeatAsync("polite", token)).Status);
            took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
        }
        took.Sort();
        return $"{took[took.Count / 2]:0.0} and {took[(int)(took.Count * 0.99)]:0.0}";
    }

    [GeneratedRegex(@"^HTTP/1\.[01] (?<status>\d{3}) ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex StatusLine();
}
