using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Hosting;

/// <summary>A whole life of the server as a process: interrupted, killed, started twice.</summary>
public sealed class ServerLifeTests
{
    [Fact]
    public async Task Interrupted_EndsCleanlyAndViewersComeBack()
    {
        using var folder = new TemporaryFolder();
        await using (var server = await DashboardProcess.StartAsync(folder.Path))
        {
            await server.BeatAsync("lobby", "ada");

            Assert.Equal(0, await server.InterruptAsync());
        }

        await using var again = await DashboardProcess.StartAsync(folder.Path);
        Assert.Equal(1, await again.CountAsync("lobby"));
    }

    // Linux gives a user 128 watches of files, editors and other servers included; a server that needs one does not start without.
    [Fact]
    public async Task Running_WatchesNoFiles()
    {
        using var folder = new TemporaryFolder();
        await using var server = await DashboardProcess.StartAsync(folder.Path);

        var open = Directory.EnumerateFiles($"/proc/{server.Id}/fd").Select(handle => new FileInfo(handle).LinkTarget);

        Assert.DoesNotContain(open, target => target?.Contains("inotify", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Killed_ViewersWrittenBeforeComeBack()
    {
        using var folder = new TemporaryFolder();
        await using (var server = await DashboardProcess.StartAsync(folder.Path))
        {
            await server.BeatAsync("lobby", "ada");
            await server.UntilStoredAsync(1);

            server.Kill();
        }

        await using var again = await DashboardProcess.StartAsync(folder.Path);
        Assert.Equal(1, await again.CountAsync("lobby"));
    }

    [Fact]
    public async Task SecondOnTheSameFolder_EndsWithOneMessageAndExitCode1()
    {
        using var folder = new TemporaryFolder();
        await using var server = await DashboardProcess.StartAsync(folder.Path);

        await using var second = DashboardProcess.Launch(folder.Path);

        Assert.Equal(1, await second.ExitCodeAsync());
        Assert.Contains("in use by another process", second.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Output + second.Errors, StringComparison.Ordinal);
        await server.BeatAsync("lobby", "ada");
        Assert.Equal(1, await server.CountAsync("lobby"));
    }
}
