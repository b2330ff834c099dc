// Holds the connection of this page, shows how it stands, and lets go of everything when the person is signed out.
const state = document.getElementById("live-state");
const stage = document.getElementById("live-stage");
let pause = 500;

function connect() {
  const socket = new WebSocket(new URL("/live", location.href.replace(/^http/, "ws")));
  let opened = false;
  socket.onopen = () => { opened = true; pause = 500; state.textContent = "Connected"; stage.hidden = false; };
  socket.onclose = (event) => {
    stage.hidden = true;
    if (event.code === 4401) { state.textContent = "You were signed out. This remote session is over."; return; }
    state.textContent = "The connection was lost. Trying again…";
    if (!opened && pause > 8000) { state.textContent = "You are signed out, or the console cannot be reached."; return; }
    setTimeout(connect, pause);
    pause *= 2;
  };
}

connect();
