onmessage=({data:[i,m]})=>setTimeout(()=>postMessage(i),m);
