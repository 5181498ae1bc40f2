using System.Net.Http.Headers;
using Microsoft.Data.Sqlite;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

/// <summary>However many visits there are, sending them takes the memory of a few.</summary>
[Collection(nameof(HeartbeatBytesTests))]
public sealed class AttendanceSizeTests
{
    private const int Visits = 300_000;
    private const int MostBytes = 4 * 1024 * 1024;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("csv", 40_000_000)]
    [InlineData("jsonl", 60_000_000)]
    public async Task Attendance_Of300000Visits_IsSentInConstantMemory(string format, long leastSent)
    {
        await using var host = await DashboardHost.StartAsync();
        Fill(Path.Combine(host.DataFolder, "presence.db"));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host.BaseAddress, $"/api/v1/admin/attendance?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z&format={format}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", DashboardHost.ServerKey);
        await host.GetAsync("/api/v1/admin/attendance?format=" + format, DashboardHost.ServerKey); // what is loaded once
        var before = GC.GetTotalMemory(forceFullCollection: true);

        using var reply = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        await using var body = await reply.Content.ReadAsStreamAsync(Cancel);
        var (sent, lines, most, measured) = (0L, 0, 0L, 0L);
        var buffer = new byte[64 * 1024];
        while (await body.ReadAsync(buffer, Cancel) is > 0 and var read)
        {
            (sent, lines) = (sent + read, lines + buffer.AsSpan(0, read).Count((byte)'\n'));
            if (sent < measured)
                continue;
            measured += 8_000_000;
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{sent:N0} bytes sent, at most {most:N0} bytes in memory");
        Assert.Equal(format == "csv" ? Visits + 1 : Visits, lines);
        Assert.InRange(sent, leastSent, long.MaxValue);
        Assert.InRange(most, long.MinValue, MostBytes);
    }

    private static void Fill(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"""
            BEGIN IMMEDIATE;
            INSERT INTO "HistoryRooms" ("No", "RoomId") VALUES (1000, 'arena');
            INSERT INTO "HistoryDevices" ("No", "Name", "AppVersion") VALUES (1000, 'Pixel 9', '4.2.1');
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
            INSERT INTO "HistoryPeople" SELECT 1000 + i, 'viewer-' || i, 0, 0, 0, 300, 0 FROM n;
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {Visits - 1})
            INSERT INTO "Visits" ("RoomNo", "JoinedAt", "PersonNo", "StayedMilliseconds", "UnseenMilliseconds", "HiddenMilliseconds", "Reason", "DeviceNo")
            SELECT 1000, {new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds()} + i * 40, 1001 + i % 1000, 61234, 1000, 5000, 1 + i % 2, 1000 FROM n;
            COMMIT;
            """);
        command.ExecuteNonQuery();
    }
}
