using System.Text.RegularExpressions;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;

namespace Presence.Dashboard.Tests.Authentication;

/// <summary>A key that protects cookies and is damaged stops the start, as that of a token does.</summary>
public sealed class CookieKeyTests
{
    [Fact]
    public async Task Start_WithADamagedCookieKey_IsRefusedAndNamesTheFile()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        using var visitor = new FormVisitor(host.BaseAddress);
        (await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password)).Dispose();
        await host.StopAsync();
        var file = Assert.Single(Directory.GetFiles(Path.Combine(host.DataFolder, "keys"), "key-*.xml"));
        var good = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        string[] damaged =
        [
            "",
            "\0\0\0\0\0\0",
            "<key",
            good[..(good.Length / 2)],
            "<other/>",
            "<key/>",
            Regex.Replace(good, "id=\"[^\"]*\"", "id=\"00000000-0000-0000-0000-000000000001\"x", RegexOptions.NonBacktracking),
            Regex.Replace(good, "<value>[^<]*</value>", "<value>not base64!</value>", RegexOptions.NonBacktracking),
            Regex.Replace(good, "<value>[^<]*</value>", "<value>c2hvcnQ=</value>", RegexOptions.NonBacktracking),
            Regex.Replace(good, "<descriptor [^>]*>", "<descriptor deserializerType=\"Nothing, Nowhere\">", RegexOptions.NonBacktracking),
            Regex.Replace(good, "<expirationDate>[^<]*<", "<expirationDate>never<", RegexOptions.NonBacktracking),
        ];

        foreach (var text in damaged)
        {
            await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
            var refusal = await Record.ExceptionAsync(host.StartAgainAsync);
            Assert.True(refusal is StartupException && refusal.Message.Contains(file, StringComparison.Ordinal), $"{text}\n{refusal}");
            await host.StopAsync();
        }

        await File.WriteAllTextAsync(file, good, TestContext.Current.CancellationToken);
        await host.StartAgainAsync();
        using var page = await visitor.GetAsync("/account");
        Assert.Equal(System.Net.HttpStatusCode.OK, page.StatusCode);
    }
}
