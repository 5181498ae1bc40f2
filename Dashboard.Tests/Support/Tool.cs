using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Presence.Dashboard.Tests.Support;

/// <summary>Programs beside the product, run to their end or on a port of their own.</summary>
public static class Tool
{
    /// <summary>Runs a program and gives what it wrote.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where it runs; this process's own folder when null.</param>
    /// <param name="environment">Further variables.</param>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string program, string[] arguments, string? folder = null, params (string Name, string Value)[] environment)
    {
        var cancel = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder ?? "", RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(cancel); // both pipes at once, or a full one stops the program
        var output = await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, output, await errors);
    }

    /// <summary>A port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
