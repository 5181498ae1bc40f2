namespace Presence.Dashboard.Hosting;

/// <summary>
/// Answers HEAD as GET, everywhere alike: routes and pages see a GET, and the web server underneath, which knows better, sends
/// no body. What would go on for ever asks <see cref="IsHead"/> and ends.
/// </summary>
internal sealed class HeadMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http) => HttpMethods.IsHead(http.Request.Method) ? AnswerAsync(http) : next(http);

    /// <summary>Whether only the head of an answer was asked for.</summary>
    public static bool IsHead(HttpContext http) => http.Features.Get<HeadRequest>() is not null;

    private async Task AnswerAsync(HttpContext http)
    {
        http.Features.Set(HeadRequest.Mark);
        http.Request.Method = HttpMethods.Get;
        try
        {
            await next(http);
        }
        finally
        {
            http.Request.Method = HttpMethods.Head;
        }
    }

    private sealed class HeadRequest
    {
        public static readonly HeadRequest Mark = new();
    }
}
