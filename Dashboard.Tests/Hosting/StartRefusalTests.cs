using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Hosting;

/// <summary>A start that is refused is one message: what, where, and how to mend it.</summary>
public sealed class StartRefusalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string DataFolder => Path.Combine(_folder.Path, "data");

    public void Dispose() => _folder.Dispose();

    // A folder in the place of a key's file cannot be read by anybody, and one below a file cannot be made: as if they were somebody else's.
    [Theory]
    [InlineData("data", "cannot be created", "Presence__Data")]
    [InlineData("keys", "data/keys", "the user the server runs as")]
    [InlineData("keys/client.key", "keys/client.key cannot be used", "must own the data folder")]
    [InlineData("keys/signing.keys", "keys/signing.keys cannot be used", "must own the data folder")]
    [InlineData("keys/guests.key", "keys/guests.key cannot be used", "must own the data folder")]
    [InlineData("presence.lock", "The data folder", "write access")]
    [InlineData("presence.db", "presence.db", "owner")]
    public async Task Start_OnAFolderItCannotUse_SaysWhichAndHow(string what, string where, string how)
    {
        var path = what == "data" ? DataFolder : Path.Combine(DataFolder, what);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (what is "data" or "keys")
            await File.WriteAllTextAsync(path, "", Cancel);
        else
            Directory.CreateDirectory(path);

        var message = await RefusedAsync([$"--Presence:Data={(what == "data" ? Path.Combine(DataFolder, "inside") : DataFolder)}", "--urls=http://127.0.0.1:0"]);

        Assert.Contains(where, message, StringComparison.Ordinal);
        Assert.Contains(how, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithAFirstAccountThatIsNone_SaysWhy()
    {
        var password = Path.Combine(_folder.Path, "password");
        await File.WriteAllTextAsync(password, "short\n", Cancel);

        var message = await RefusedAsync([$"--Presence:Data={DataFolder}", "--urls=http://127.0.0.1:0", "--Presence:Setup:AdminEmail=ada@example.com", $"--Presence:Setup:AdminPassword_File={password}"]);

        Assert.StartsWith("The first account, ada@example.com, ", message, StringComparison.Ordinal);
        Assert.Contains("12 characters", message, StringComparison.Ordinal);
        Assert.Contains("Presence__Setup__AdminPassword", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--urls=localhost", "ASPNETCORE_URLS: \"localhost\" is not an address such as")]
    [InlineData("--http_ports=eighty", "\"http://*:eighty\" is not an address such as")]
    [InlineData("--urls=http://127.0.0.1:0/presence", "Presence__Http__PublicUrl")]
    [InlineData("--urls=http://192.0.2.1:5080", "This machine does not have the address of 192.0.2.1:5080")]
    [InlineData("--Kestrel:Endpoints:Http:Url=nowhere", "\"nowhere\" is not an address such as")]
    [InlineData("--urls=https://127.0.0.1:0 --environment=Production", "Kestrel__Certificates__Default__Path")]
    [InlineData("--urls=https://127.0.0.1:0 --Kestrel:Certificates:Default:Path=/nowhere/is/a.pfx", "/nowhere/is/a.pfx")]
    [InlineData("--Logging:LogLevel:Default=Loud", "Loud")]
    [InlineData("--contentRoot=/nowhere/at/all", "/nowhere/at/all")]
    public async Task Start_WithWhatTheFrameworkRefuses_IsOneMessageToo(string words, string expected) =>
        Assert.Contains(expected, await RefusedAsync([.. words.Split(' '), $"--Presence:Data={DataFolder}"]), StringComparison.Ordinal);

    /// <summary>Somebody who edits the password there waits for it to work, and it never does.</summary>
    [Theory]
    [InlineData("Presence:Setup:AdminPassword", "another password entirely", "Presence__Setup__AdminPassword doesn't match the password of mod@example.com")]
    [InlineData("Presence:Setup:AdminEmail", "new@example.com", "this account doesn't exist")]
    public async Task Start_WithASetUpThatNoLongerMatches_SaysSoInTheLog(string key, string value, string expected)
    {
        var configuration = ModeratorOfTests.Configuration;
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = configuration });
        await host.RestartAsync();
        await Eventually.TrueAsync(() => Task.FromResult(host.Services.GetRequiredService<AccountsStartup>().HasCompared), "the comparison");
        Assert.DoesNotContain(host.Log.Lines, line => line.Message.Contains("Presence__Setup__", StringComparison.Ordinal));

        configuration[key] = value;
        await host.RestartAsync();
        await Eventually.TrueAsync(() => Task.FromResult(host.Services.GetRequiredService<AccountsStartup>().HasCompared), "the comparison");

        var line = Assert.Single(host.Log.Lines, line => line.Message.Contains("Presence__Setup__", StringComparison.Ordinal));
        Assert.Contains(expected, line.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Log.Lines, line => line.Message.Contains(ModeratorOfTests.Password, StringComparison.Ordinal) || line.Message.Contains("another password", StringComparison.Ordinal));
    }

    private static async Task<string> RefusedAsync(string[] words)
    {
        using var errors = new StringWriter();

        var exitCode = await ServerRun.RunAsync(words, errors).WaitAsync(TimeSpan.FromMinutes(1), Cancel); // one that serves after all would wait for ever

        Assert.Equal(1, exitCode);
        Assert.DoesNotContain("   at ", $"{errors}", StringComparison.Ordinal);
        Assert.True($"{errors}".Length < 1_000, $"{errors}");
        return $"{errors}";
    }
}
