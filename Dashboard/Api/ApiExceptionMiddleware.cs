using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Presence.Dashboard.Hosting;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>
/// Gives the error shape to refusals that come without a body (routing, the framework's own checks) and to faults.
/// Pages are left to the dashboard: requests for HTML outside the API get its replies.
/// </summary>
internal sealed class ApiExceptionMiddleware(RequestDelegate next, AnsweredMethods answered, StorageWatch storage, ServerMetrics metrics, ILogger<ApiExceptionMiddleware> logger)
{
    private const int LongestPathShown = 200;
    private const int StorageRetrySeconds = 5;

    /// <summary>Lets a request that went well at once through without a state machine of its own: nearly all heartbeats.</summary>
    public Task InvokeAsync(HttpContext http)
    {
        Task answering;
        try
        {
            answering = next(http);
        }
        catch (Exception exception)
        {
            answering = Task.FromException(exception);
        }
        return answering.IsCompletedSuccessfully && http.Response.StatusCode < StatusCodes.Status400BadRequest ? answering : CountAsync(http, answering);
    }

    private async Task CountAsync(HttpContext http, Task answering)
    {
        await FinishAsync(http, answering);
        if (http.Response.StatusCode >= StatusCodes.Status400BadRequest && RequestPipeline.IsApi(http))
            metrics.Refused(http.Features.Get<ApiError>() ?? ApiError.OfStatus(http.Response.StatusCode));
    }

    private async Task FinishAsync(HttpContext http, Task answering)
    {
        try
        {
            await answering;
        }
        catch (BadHttpRequestException exception) when (!http.Response.HasStarted)
        {
            http.Response.Clear();
            http.Response.StatusCode = exception.StatusCode; // a limit of the web server: the body is incomplete, too large or too slow
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            return; // the caller has disconnected
        }
        catch (Exception exception) when (!http.Response.HasStarted && Refuse(exception) is { } refusal)
        {
            http.Response.Clear();
            if (!RequestPipeline.IsVisit(http))
            {
                await refusal.ExecuteAsync(http);
                return;
            }
            http.Response.StatusCode = refusal.Error.Status;
            http.Response.Headers.RetryAfter = refusal.RetryAfterSeconds?.ToString(CultureInfo.InvariantCulture);
            await http.Response.WriteAsync(refusal.Message);
        }
        catch (Exception exception) when (!http.Response.HasStarted && !RequestPipeline.IsVisit(http))
        {
            logger.LogError(exception, "{Method} {Path} failed.", http.Request.Method, http.Request.Path.Value);
            http.Response.Clear();
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }

        var response = http.Response;
        if (response.StatusCode is StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed && !response.HasStarted)
            TellMissingFromRefused(http);
        if (response.StatusCode < StatusCodes.Status400BadRequest || response.HasStarted || response.ContentLength is not null || response.ContentType is not null)
            return;
        if (!RequestPipeline.IsVisit(http))
            await Describe(http).ExecuteAsync(http);
        else if (http.Features.Get<IStatusCodePagesFeature>() is { Enabled: false })
            await WriteLineAsync(response, Describe(http).Message);
    }

    /// <summary>What any route answers when its request cannot be read, or its change breaks a rule, does not fit in or cannot be stored.</summary>
    private ApiProblem? Refuse(Exception exception) => exception switch
    {
        ApiProblemException refused => refused.Problem,
        StoreFullException full => ApiProblem.Full(full),
        SettingsRefusedException refused => ApiProblem.Invalid(string.Join(' ', refused.Problems.Select(issue => issue.Message))),
        _ when storage.Note(exception) => new ApiProblem(ApiError.NotReady, $"This can't be stored right now: {StorageTrouble.Of(exception)}. Try again in {StorageRetrySeconds} seconds. The server log has the details.") { RetryAfterSeconds = StorageRetrySeconds },
        _ => null,
    };

    private void TellMissingFromRefused(HttpContext http)
    {
        var allowed = answered.Of(http.Request.Path);
        if (allowed.Count > 0 && !allowed.Contains(http.Request.Method))
            (http.Response.StatusCode, http.Response.Headers.Allow) = (StatusCodes.Status405MethodNotAllowed, string.Join(", ", allowed));
        else if (allowed.Count == 0 && http.GetEndpoint() is not RouteEndpoint) // routing refused a fallback route, which matches every path
            (http.Response.StatusCode, http.Response.Headers.Allow) = (StatusCodes.Status404NotFound, default);
    }

    /// <summary>For a browser, where drawing a page would cost more than the refusal is worth.</summary>
    private static Task WriteLineAsync(HttpResponse response, string line)
    {
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync(line);
    }

    private static ApiProblem Describe(HttpContext http)
    {
        var error = ApiError.OfStatus(http.Response.StatusCode);
        var method = http.Request.Method;
        var path = Shown(http.Request.Path);
        if (error == ApiError.NotFound)
            return new ApiProblem(error, $"There is no route {method} {path}. See docs/http-api.md for all routes.");
        return new ApiProblem(error, error == ApiError.MethodNotAllowed ? $"{path} doesn't support {method}. It supports {http.Response.Headers.Allow}." : error.Meaning);
    }

    private static string Shown(PathString path) => path.Value is { Length: > LongestPathShown } text ? text[..LongestPathShown] + "..." : path.Value ?? "/";
}
