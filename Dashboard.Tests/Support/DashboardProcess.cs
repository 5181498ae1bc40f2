using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace Presence.Dashboard.Tests.Support;

/// <summary>The product as a process of its own, on a port of its own.</summary>
public sealed class DashboardProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly string _folder;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _client = new();

    private DashboardProcess(Process process, string folder)
    {
        _process = process;
        _folder = folder;
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public int Id => _process.Id;

    public string Output => Read(_output);

    public string Errors => Read(_errors);

    /// <summary>Where it listens.</summary>
    public Uri Address => _client.BaseAddress!;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts it and waits until it is ready.</summary>
    public static async Task<DashboardProcess> StartAsync(string folder, int? openFiles = null, params (string Name, string Value)[] environment)
    {
        var server = Launch(folder, openFiles, environment);
        try
        {
            server._client.BaseAddress = await server._address.Task.WaitAsync(Patience, Cancel);
            while (!(await server._client.GetAsync(new Uri("/health/ready", UriKind.Relative), Cancel)).IsSuccessStatusCode)
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it.</summary>
    /// <param name="folder">Its data.</param>
    /// <param name="openFiles">How many files and sockets it may have open; as many as this process when null.</param>
    /// <param name="environment">Further variables.</param>
    public static DashboardProcess Launch(string folder, int? openFiles = null, params (string Name, string Value)[] environment)
    {
        string[] command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "Dashboard.dll"), "--urls", "http://127.0.0.1:0"];
        if (openFiles is { } most)
            command = ["prlimit", $"--nofile={most}", .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["Presence__Data"] = folder;
        start.Environment["Presence__Server__Key"] = DashboardHost.ServerKey;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        var server = new DashboardProcess(new Process { StartInfo = start }, folder);
        server._process.OutputDataReceived += (_, line) => server.OnOutput(line.Data);
        server._process.ErrorDataReceived += (_, line) => Append(server._errors, line.Data);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    public async Task BeatAsync(string room, string user)
    {
        using var answer = await SendAsync(HttpMethod.Post, "/api/v1/presence/heartbeats", new JsonObject
        {
            ["heartbeats"] = new JsonArray(new JsonObject { ["roomId"] = room, ["userId"] = user }),
        });
        var body = await answer.Content.ReadFromJsonAsync<JsonObject>(Cancel);
        Assert.Equal(1, body!["accepted"]!.GetValue<int>());
    }

    public async Task<int> CountAsync(string room)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"/api/v1/presence/rooms/{room}/users/count");
        var body = await answer.Content.ReadFromJsonAsync<JsonObject>(Cancel);
        return body!["count"]!.GetValue<int>();
    }

    /// <summary>Waits until that many sessions are in the database.</summary>
    public async Task UntilStoredAsync(int sessions)
    {
        while (ReadStored("""SELECT count(*) FROM "Memberships" """) < sessions)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel);
    }

    /// <summary>Asks the database for a whole number; null when it has none.</summary>
    public long? ReadStored(string query)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "presence.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = query;
        return command.ExecuteScalar() as long?;
    }

    /// <summary>Presses Ctrl+C and gives the exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        return await ExitCodeAsync();
    }

    public void Kill() => _process.Kill();

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync(Cancel).WaitAsync(Patience, Cancel);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _client.Dispose();
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
            text.AppendLine(line);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.Add("x-server-key", DashboardHost.ServerKey);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        return await _client.SendAsync(request, Cancel);
    }

    public async Task<JsonNode> ReadAsync(string path)
    {
        using var answer = await SendAsync(HttpMethod.Get, path);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancel)}");
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!;
    }

    /// <summary>Reads until it is so.</summary>
    public async Task<JsonNode> UntilAsync(string path, Predicate<JsonNode> isSo)
    {
        for (var since = Stopwatch.GetTimestamp(); ;)
        {
            var found = await ReadAsync(path);
            if (isSo(found))
                return found;
            Assert.True(Stopwatch.GetElapsedTime(since) < Patience, $"{path}: {found}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        }
    }

    private void OnOutput(string? line)
    {
        Append(_output, line);
        const string Listening = "Now listening on: ";
        if (line?.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            _address.TrySetResult(new Uri(line[(at + Listening.Length)..]));
    }
}
