using System.Globalization;
using System.Net.Mime;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Live;
using Presence.Engine;

namespace Presence.Dashboard.Downloads;

/// <summary>Files for moderators: plain GETs that the browser's cookie authorises, outside /api.</summary>
internal static class DownloadEndpoints
{
    /// <summary>Written at once: small enough for memory, large enough for the network.</summary>
    private const int FlushAt = 32 * 1024;

    public static void MapDownloads(this WebApplication app)
    {
        var downloads = app.MapGroup("/downloads").RequireAuthorization(ModeratorPolicy.Observe).ExcludeFromDescription();
        downloads.MapGet("/rooms/{RoomId}/viewers.csv", SendViewersAsync);
        downloads.MapGet("/room/viewers.csv", (HttpContext http, string? id, RosterDownload roster, PresenceEngine engine, PageReads reads) =>
            SendViewersAsync(http, id ?? "", roster, engine, reads));
    }

    private static async Task SendViewersAsync(
        HttpContext http, [FromRoute(Name = "RoomId")] string roomId, RosterDownload roster, PresenceEngine engine, PageReads reads)
    {
        var response = http.Response;
        if (PresenceIds.ProblemOfRoomId(roomId) is { } problem)
        {
            response.StatusCode = StatusCodes.Status400BadRequest;
            await response.WriteAsync(problem, http.RequestAborted);
            return;
        }

        if (!reads.TryTake(http.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "", engine.Count(roomId).Viewers, out var wait))
        {
            var seconds = (int)Math.Ceiling(wait.TotalSeconds);
            response.StatusCode = StatusCodes.Status429TooManyRequests;
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await response.WriteAsync($"This account searches and downloads too much. Try again in {seconds} s.", http.RequestAborted);
            return;
        }

        IEnumerable<string[]> rows;
        try
        {
            rows = roster.Rows(http.User, RosterView.Of(roomId, Word("search"), Word("sort"), Word("state"), Word("guests"), Word("device"), Word("longer")));
        }
        catch (AccessRefusedException)
        {
            response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        response.ContentType = "text/csv; charset=utf-8; header=present";
        response.Headers.ContentDisposition = NameOf(roomId);
        response.Headers.CacheControl = "no-store";
        await WriteAsync(response.Body, rows, http.RequestAborted);

        string? Word(string name) => http.Request.Query[name].FirstOrDefault();
    }

    private static async Task WriteAsync(Stream body, IEnumerable<string[]> rows, CancellationToken cancellationToken)
    {
        await body.WriteAsync(Csv.Encoding.GetPreamble(), cancellationToken);
        var text = new StringBuilder();
        Csv.AppendLine(text, RosterDownload.Header);
        foreach (var row in rows)
        {
            Csv.AppendLine(text, row);
            if (text.Length >= FlushAt)
                await FlushAsync();
        }
        await FlushAsync();

        async Task FlushAsync()
        {
            await body.WriteAsync(Csv.Encoding.GetBytes(text.ToString()), cancellationToken);
            text.Clear();
        }
    }

    private static string NameOf(string roomId)
    {
        var disposition = new ContentDispositionHeaderValue(DispositionTypeNames.Attachment);
        disposition.SetHttpFileName(roomId + "-viewers.csv");
        return disposition.ToString();
    }
}
