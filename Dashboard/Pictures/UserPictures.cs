using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using Microsoft.Net.Http.Headers;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Outbound;

namespace Presence.Dashboard.Pictures;

/// <summary>
/// The pictures behind users' <c>avatarUrl</c>, from this server's own origin. A URL that is shown gets an address here, and is
/// fetched when a browser asks for that address: once, however many ask.
/// </summary>
/// <remarks>
/// <para><b>Guarantee.</b> Only URLs that were shown have an address, and no one can make one up: it is keyed with a secret of this
/// process. Nobody can use the server to fetch anything else.</para>
/// <para><b>Bound.</b> <see cref="MostKept"/> URLs and <see cref="MostBytes"/> of memory; the longest unused goes first. At most
/// <see cref="MostAtOnce"/> fetches at once, <see cref="PerSecond"/> a second for long, and one picture drawn at a time. Of those that
/// wait, the last to come is next, since it is what is looked at now, and a fetch that no one waits for any more isn't begun.</para>
/// <para><b>Threads.</b> Any. In memory alone: pictures are personal data, and after a restart only those in view are fetched again.</para>
/// </remarks>
internal sealed class UserPictures : IDisposable
{
    public const int MostKept = 10_000;
    public const long MostBytes = 32 * 1024 * 1024;
    public const int LargestFile = 256 * 1024;
    public const int MostAtOnce = 16;
    public const int MostWaiting = 200;
    public const int PerSecond = 20;

    private const int Burst = 200;
    private const int KeyBytes = 16;

    /// <summary>What an entry takes besides URL and picture.</summary>
    private const int Overhead = 400;

    private static readonly string Scheme = Uri.UriSchemeHttps + Uri.SchemeDelimiter;

    /// <summary>From the first look-up of a name to the last byte.</summary>
    public static readonly TimeSpan LongestFetch = TimeSpan.FromSeconds(5);

    /// <summary>A browser has six connections; one that waited longer would hold up the page.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(8);

    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);
    public static readonly TimeSpan FailureKeptFor = TimeSpan.FromMinutes(10);

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly bool _isOn;
    private readonly TimeProvider _time;
    private readonly ILogger<UserPictures> _logger;
    private readonly HttpClient _http;
    private readonly ConcurrencyLimiter _turns = new(new ConcurrencyLimiterOptions { PermitLimit = MostAtOnce, QueueLimit = MostWaiting, QueueProcessingOrder = QueueProcessingOrder.NewestFirst });
    private readonly SemaphoreSlim _drawing = new(1);
    private readonly TokenBucket _pace;
    private long _paceState;

    private readonly Lock _keeping = new();
    private readonly Dictionary<string, LinkedListNode<Kept>> _byUrl = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LinkedListNode<Kept>> _byKey = new(StringComparer.Ordinal);
    private readonly LinkedList<Kept> _latestFirst = new();
    private long _bytes;

    public UserPictures(DashboardOptions options, OutboundGuard guard, TimeProvider time, ILogger<UserPictures> logger)
    {
        _isOn = options.Users.Pictures;
        _time = time;
        _logger = logger;
        _pace = new TokenBucket(time, PerSecond, Burst);
        _http = guard.CreateClient(LargestFile, LongestFetch);
        _http.DefaultRequestHeaders.Accept.ParseAdd("image/webp, image/png, image/jpeg, image/gif");
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("PresenceDashboard/" + ServerStart.Version); // some hosts refuse requests without one
    }

    /// <summary>URLs that have an address now, and the bytes they take.</summary>
    public (int Count, long Bytes) Size
    {
        get
        {
            lock (_keeping)
                return (_byKey.Count, _bytes);
        }
    }

    /// <summary>Fetches that wait for their turn.</summary>
    public long Waiting => _turns.GetStatistics()!.CurrentQueuedCount;

    /// <summary>Where pages find a user's picture, relative to their base; null when it has none. Fetches nothing.</summary>
    public string? AddressOf(string? avatarUrl) => Find(avatarUrl)?.Address;

    /// <summary>The last part of that address, for other places that serve it.</summary>
    public string? KeyOf(string? avatarUrl) => Find(avatarUrl)?.Key;

    /// <summary>The picture at an address. The first who asks has it fetched.</summary>
    /// <returns>Null for an address that was never given, or is forgotten.</returns>
    public async Task<PictureReply?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        Kept kept;
        Fetch fetch;
        lock (_keeping)
        {
            if (!_byKey.TryGetValue(key, out var node))
                return null;
            Touch(node);
            kept = node.Value;
            if (kept.Reply is { } reply && _time.GetElapsedTime(kept.RepliedAt) < reply.FreshFor)
                return reply;
            fetch = kept.Fetch ??= Begin(node);
            fetch.Waiting++;
        }
        try
        {
            return await fetch.Task.WaitAsync(LongestWait, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return PictureReply.NotNow;
        }
        finally
        {
            Leave(kept, fetch);
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _turns.Dispose();
        _drawing.Dispose();
    }

    private Kept? Find(string? url)
    {
        if (!_isOn || url?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) != true)
            return null;
        lock (_keeping)
        {
            if (_byUrl.TryGetValue(url, out var node))
            {
                Touch(node);
                return node.Value;
            }
            var kept = new Kept(url, KeyFor(url));
            _byUrl[url] = _byKey[kept.Key] = _latestFirst.AddFirst(kept);
            _bytes += kept.Bytes;
            TrimNeedsLock();
            return kept;
        }
    }

    private string KeyFor(string url)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(url), hash);
        return Base64Url.EncodeToString(hash[..KeyBytes]);
    }

    private void Touch(LinkedListNode<Kept> node)
    {
        _latestFirst.Remove(node);
        _latestFirst.AddFirst(node);
    }

    private void TrimNeedsLock()
    {
        while (_byKey.Count > MostKept || _bytes > MostBytes)
        {
            var oldest = _latestFirst.Last!;
            _latestFirst.RemoveLast();
            _byUrl.Remove(oldest.Value.Url);
            _byKey.Remove(oldest.Value.Key);
            _bytes -= oldest.Value.Bytes;
        }
    }

    private Fetch Begin(LinkedListNode<Kept> node)
    {
        var fetch = new Fetch();
        fetch.Task = Task.Run(() => FetchAsync(node, fetch));
        return fetch;
    }

    /// <summary>The last who waits takes with it a fetch that still waits for its turn. One under way is finished: it has cost its request already.</summary>
    private void Leave(Kept kept, Fetch fetch)
    {
        lock (_keeping)
        {
            if (--fetch.Waiting > 0 || fetch.IsUnderWay)
                return;
            if (kept.Fetch == fetch)
                kept.Fetch = null;
        }
        fetch.Unwanted.Cancel();
    }

    private async Task<PictureReply> FetchAsync(LinkedListNode<Kept> node, Fetch fetch)
    {
        var reply = PictureReply.NotNow;
        try
        {
            using var turn = await _turns.AcquireAsync(permitCount: 1, fetch.Unwanted.Token);
            if (turn.IsAcquired && IsStillWanted(fetch) && _pace.TryTake(ref _paceState, out _))
                reply = await DownloadAsync(node.Value.Url);
        }
        catch (OperationCanceledException)
        {
            // No request waits.
        }
        Keep(node, fetch, reply);
        return reply;
    }

    private bool IsStillWanted(Fetch fetch)
    {
        lock (_keeping)
            return fetch.IsUnderWay = fetch.Waiting > 0;
    }

    private void Keep(LinkedListNode<Kept> node, Fetch fetch, PictureReply reply)
    {
        lock (_keeping)
        {
            var kept = node.Value;
            if (kept.Fetch == fetch)
                kept.Fetch = null;
            if (reply == PictureReply.NotNow || node.List is null)
                return;
            _bytes -= kept.Bytes;
            (kept.Reply, kept.RepliedAt) = (reply, _time.GetTimestamp());
            _bytes += kept.Bytes;
            TrimNeedsLock();
        }
    }

    private async Task<PictureReply> DownloadAsync(string url)
    {
        try
        {
            using var reply = await _http.GetAsync(url, CancellationToken.None);
            if (reply.StatusCode != HttpStatusCode.OK)
                return PictureReply.None;
            var drawn = await DrawAsync(await reply.Content.ReadAsByteArrayAsync(CancellationToken.None));
            return drawn is null ? PictureReply.None : new PictureReply(drawn, KeptFor);
        }
#pragma warning disable CA1031 // any failure of a URL that others chose: there is no picture
        catch (Exception failure)
#pragma warning restore CA1031
        {
            // The URL is never logged, because it can contain a secret.
            _logger.Log(failure is HttpRequestException or OperationCanceledException or UriFormatException ? LogLevel.Debug : LogLevel.Warning, failure, "A user's picture couldn't be fetched.");
            return PictureReply.None;
        }
    }

    /// <summary>On a thread of its own: nothing else waits for a decoder that can't be interrupted.</summary>
    private async Task<byte[]?> DrawAsync(byte[] file)
    {
        await _drawing.WaitAsync(CancellationToken.None);
        try
        {
            return await Task.Factory.StartNew(() => PictureDrawing.Draw(file), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _drawing.Release();
        }
    }

    /// <summary>One URL, with what came of it.</summary>
    private sealed class Kept(string url, string key)
    {
        public string Url { get; } = url;
        public string Key { get; } = key;
        public string Address { get; } = PictureEndpoints.Path + key;
        public PictureReply? Reply { get; set; }
        public long RepliedAt { get; set; }
        public Fetch? Fetch { get; set; }
        public long Bytes => Overhead + (2L * Url.Length) + (Reply?.Bytes.Length ?? 0);
    }

    /// <summary>One fetch, and how many wait for it.</summary>
    private sealed class Fetch
    {
        public Task<PictureReply> Task { get; set; } = null!;
        public CancellationTokenSource Unwanted { get; } = new();
        public int Waiting { get; set; }
        public bool IsUnderWay { get; set; }
    }
}

/// <summary>What there is at a picture's address.</summary>
/// <param name="Bytes">A WebP file; empty for no picture.</param>
/// <param name="FreshFor">How long this holds, for browsers too.</param>
internal sealed record PictureReply(byte[] Bytes, TimeSpan FreshFor)
{
    /// <summary>The URL leads to no picture that is shown.</summary>
    public static readonly PictureReply None = new([], UserPictures.FailureKeptFor);

    /// <summary>Too many are wanted at once.</summary>
    public static readonly PictureReply NotNow = new([], TimeSpan.Zero);

    public EntityTagHeaderValue Version { get; } = new($"\"{Base64Url.EncodeToString(SHA256.HashData(Bytes).AsSpan(0, 12))}\"");
}
