using System.Text;
using System.Text.RegularExpressions;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Hosting;

/// <summary>What a browser loads with a page: compressed, and not much of it.</summary>
public sealed partial class AssetTests(ModeratorHost shared) : IClassFixture<ModeratorHost>
{
    /// <summary>For a page with everything it names, as it goes over the wire.</summary>
    private const int Budget = 200 * 1024;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Assets_OfEveryPage_GoOverTheWireCompressedAndWithinTheBudget()
    {
        using var visitor = new FormVisitor(shared.Host.BaseAddress);
        using var client = new HttpClient { BaseAddress = shared.Host.BaseAddress };
        await CheckAsync("/sign-in");
        using var answer = await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password);
        foreach (var page in (string[])["/", "/rooms", "/rooms/main-stage", "/settings", "/people", "/system", "/connect", "/account", "/links", "/history"])
            await CheckAsync(page);

        async Task CheckAsync(string path)
        {
            using var page = await visitor.GetAsync(path);
            var html = await page.Content.ReadAsByteArrayAsync(Cancel);
            var sizes = new List<(string Name, long Bytes)> { (path, html.Length) };
            foreach (var asset in Named().Matches(Encoding.UTF8.GetString(html)).Select(match => match.Groups["address"].Value).Append("page.js").Distinct(StringComparer.Ordinal))
                sizes.Add((asset, await WeighAsync(asset)));

            TestContext.Current.TestOutputHelper!.WriteLine($"{path}: {sizes.Sum(size => size.Bytes) / 1024.0:0.0} KB = {string.Join(" + ", sizes.Select(size => $"{size.Bytes / 1024.0:0.0} {size.Name}"))}");
            Assert.Contains(sizes, size => size.Name.StartsWith("lib/MudBlazor.min", StringComparison.Ordinal));
            Assert.InRange(sizes.Sum(size => size.Bytes), 0, Budget);
        }

        async Task<long> WeighAsync(string asset)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, asset) { Headers = { { "Accept-Encoding", "br" } } };
            using var reply = await client.SendAsync(request, Cancel);
            var bytes = await reply.Content.ReadAsByteArrayAsync(Cancel);
            Assert.True(reply.IsSuccessStatusCode, $"{asset}: {(int)reply.StatusCode}");
            Assert.Equal((asset, "br"), (asset, string.Join(", ", reply.Content.Headers.ContentEncoding)));
            return bytes.Length;
        }
    }

    [GeneratedRegex("<(link|script)[^>]* (href|src)=\"(?<address>[^\"?#]+\\.(css|js|svg))\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Named();
}
