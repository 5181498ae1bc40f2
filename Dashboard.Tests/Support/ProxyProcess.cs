using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Presence.Dashboard.Tests.Support;

/// <summary>A real nginx or Caddy in front of a server, with an example of the documents: only its names, ports and certificate are others.</summary>
public sealed class ProxyProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("presence-proxy-");
    private Process? _process;

    private ProxyProcess(int port) => Address = new Uri($"https://localhost:{port}/");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Where people come in.</summary>
    public Uri Address { get; }

    /// <summary>A client that trusts the proxy's certificate; no cookies, no redirects followed.</summary>
    public HttpClient NewClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
#pragma warning disable CA5359 // the proxy's own certificate, made for this test
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
#pragma warning restore CA5359
    })
    { BaseAddress = Address };

    /// <summary>Reserves the address a proxy will have, which its server must know first.</summary>
    public static ProxyProcess Reserve() => new(Tool.FreePort());

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="example">A file of docs/proxies.</param>
    /// <param name="server">Where the server listens.</param>
    /// <param name="edit">A change that the example itself suggests.</param>
    public async Task StartAsync(string example, Uri server, Func<string, string>? edit = null)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot(), "docs", "proxies", example), Cancel);
        text = edit?.Invoke(text) ?? text;
        Assert.Contains("127.0.0.1:8080", text, StringComparison.Ordinal);
        text = text.Replace("127.0.0.1:8080", server.Authority, StringComparison.Ordinal);
        _process = example.StartsWith("nginx", StringComparison.Ordinal) ? await StartNginxAsync(text) : await StartCaddyAsync(text);
        await UntilItListensAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            if (!process.HasExited)
            {
                // In order, so that nginx ends its workers; and its children, should it not.
                using var term = Process.Start("kill", ["-TERM", $"{process.Id}"]);
                await term.WaitForExitAsync(CancellationToken.None);
                if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
                    process.Kill(entireProcessTree: true);
            }
            process.Dispose();
        }
        _folder.Delete(recursive: true);
    }

    private async Task<Process> StartNginxAsync(string site)
    {
        var (certificate, key) = await CertificateAsync();
        site = site.Replace("listen 443 ", $"listen 127.0.0.1:{Address.Port} ", StringComparison.Ordinal)
            .Replace("listen 80;", $"listen 127.0.0.1:{Tool.FreePort()};", StringComparison.Ordinal);
        foreach (var name in (string[])["presence", "example"])
            site = site.Replace($"/etc/ssl/{name}/fullchain.pem", certificate, StringComparison.Ordinal).Replace($"/etc/ssl/{name}/privkey.pem", key, StringComparison.Ordinal);
        site = site.Replace("server_name presence.example.com", "server_name localhost", StringComparison.Ordinal).Replace("server_name example.com", "server_name localhost", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "site.conf"), site, Cancel);
        var main = Path.Combine(_folder.FullName, "nginx.conf");
        var temporary = string.Concat(((string[])["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]).Select(kind => $"{kind}_temp_path {_folder.FullName}/{kind};\n"));
        await File.WriteAllTextAsync(
            main,
            $$"""
            daemon off;
            {{(System.Environment.IsPrivilegedProcess ? "user root;" : "")}}
            worker_processes 1;
            pid {{_folder.FullName}}/pid;
            error_log stderr warn;
            events { worker_connections 256; }
            http {
                access_log off;
                {{temporary}}
                include {{_folder.FullName}}/site.conf;
            }
            """,
            Cancel);
        return Launch(Find("nginx"), ["-e", "stderr", "-p", _folder.FullName, "-c", main]);
    }

    private async Task<Process> StartCaddyAsync(string site)
    {
        var (certificate, key) = await CertificateAsync();
        foreach (var name in (string[])["presence.example.com {\n", "example.com {\n"])
        {
            var at = site.IndexOf("\n" + name, StringComparison.Ordinal);
            if (at < 0)
                continue;
            // Its certificate in place of one that Caddy would get for a public name.
            site = string.Concat(site.AsSpan(0, at), $"\nlocalhost:{Address.Port} {{\n\tbind 127.0.0.1\n\ttls {certificate} {key}\n", site.AsSpan(at + 1 + name.Length));
            break;
        }
        var file = Path.Combine(_folder.FullName, "Caddyfile");
        await File.WriteAllTextAsync(file, "{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + site, Cancel);
        return Launch(Find("caddy"), ["run", "--adapter", "caddyfile", "--config", file]);
    }

    private Process Launch(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var home in (string[])["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"])
            start.Environment[home] = _folder.FullName;
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }

    private readonly System.Text.StringBuilder _said = new();

    private void Note(string? line)
    {
        lock (_said)
            _said.AppendLine(line);
    }

    private async Task UntilItListensAsync()
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        ending.CancelAfter(Patience);
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, Address.Port, ending.Token);
                return;
            }
            catch (SocketException)
            {
                lock (_said)
                    Assert.False(_process!.HasExited, "The proxy ended: " + _said);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, ending.Token);
            }
        }
    }

    private async Task<(string Certificate, string Key)> CertificateAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(200));
        var (file, keyFile) = (Path.Combine(_folder.FullName, "fullchain.pem"), Path.Combine(_folder.FullName, "privkey.pem"));
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem(), Cancel);
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem(), Cancel);
        return (file, keyFile);
    }

    private static string Find(string program) =>
        ((string[])["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"]).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"{program} is not installed (Debian, Ubuntu: sudo apt-get install nginx-light caddy).");

    private static string RepositoryRoot() => Docs.RepositoryFiles.Root;
}
